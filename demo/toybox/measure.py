"""Fixed draws on fixed pictures: every phrase is measured on the same noise and timesteps."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from cluster.draws import Draw, evaluation_draw
from cluster.latents import Posteriors
from demo.toybox.frozen_base import FrozenBase

WORDINGS = ("a {}", "a photo of a {}", "a rendering of a {}", "a good photo of the {}")
"""A phrase is measured in each of these; all are wordings the base was trained in."""


@dataclass(frozen=True)
class Measure:
    """`draw.templates` index WORDINGS."""

    base: FrozenBase
    draw: Draw
    latents: torch.Tensor
    """float32 [draws, C, h, w]"""

    @classmethod
    def of(cls, base: FrozenBase, posteriors: Posteriors, draws: int, seed: int) -> "Measure":
        """Draws that go round the pictures and cover the timesteps evenly."""
        draw = evaluation_draw(
            seed=seed,
            count=draws,
            pictures=len(posteriors.mean),
            templates=len(WORDINGS),
            timesteps=base.timesteps,
            latent_shape=posteriors.shape,
        )
        latents = posteriors.sample(draw.pictures, draw.posterior_noise)
        return cls(base, draw, latents)

    def losses(self, phrase: str) -> NDArray[np.float64]:
        """The denoising loss of each draw, float64 [draws]."""
        states = self.base.states([wording.format(phrase) for wording in WORDINGS])
        found = self.base.errors(self.latents, self.draw, states[self.draw.templates])
        return np.asarray(found.numpy(), np.float64)
