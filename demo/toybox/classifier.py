"""A diffusion classifier: which caption lets the model denoise a picture best (arXiv 2303.16203).

It needs nothing but the base itself, so it can say what a drawn picture shows.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from cluster.draws import Draw
from demo.toybox.frozen_base import FrozenBase
from demo.toybox.grammar import Caption
from demo.toybox.toy import Colour, Kind, Place

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of the contest between captions."""

    timesteps: tuple[int, ...]
    """Noise levels, in thousandths of the schedule, that this round adds to the earlier ones'."""
    survivors: int
    """How many captions go on to the next round."""


# Places show at high noise, kinds and colours lower: no single level tells all three. Levels
# below 400 tell places badly (36 real pictures, a base a quarter trained).
ROUNDS = (Round((400, 600, 800), 3), Round((500, 700, 900), 1))


class Classifier:
    """Tells place, kind and colour of pictures; equal pictures get equal answers."""

    def __init__(self, base: Path, rounds: tuple[Round, ...] = ROUNDS) -> None:
        self._base = FrozenBase.load(base)
        self._rounds = rounds
        self._states: dict[str, torch.Tensor] = {}

    def losses(
        self,
        pictures: Sequence[Image.Image],
        captions: Sequence[Sequence[str]],
        timesteps: Sequence[int],
    ) -> NDArray[np.float32]:
        """Denoising losses, float32 [pictures, captions, timesteps].

        `captions[p]` are picture p's candidates, equally many for each; `timesteps` are in
        thousandths of the schedule. At each timestep all candidates of a picture meet the same
        noise, which the picture itself seeds.
        """
        count, among, levels = len(pictures), len(captions[0]), len(timesteps)
        means = self._base.posteriors(pictures).mean
        noises = torch.stack([_noises(p, tuple(means.shape[1:]), timesteps) for p in pictures])
        scaled = torch.tensor([t * self._base.timesteps // 1000 for t in timesteps])
        states = torch.stack([self._state(c) for row in captions for c in row])
        # Order of the samples: picture, candidate, timestep.
        picture = torch.arange(count).repeat_interleave(among * levels)
        level = torch.arange(levels).repeat(count * among)
        noise = noises[picture, level]
        draw = Draw(picture, level, scaled[level], torch.zeros_like(noise), noise)
        found = self._base.errors(means[picture], draw, states.repeat_interleave(levels, 0))
        return np.asarray(found.reshape(count, among, levels).numpy(), np.float32)

    def place(
        self, pictures: Sequence[Image.Image], known: Sequence[Caption] | None = None
    ) -> list[Place]:
        """Where each toy stands; `known` is what is known of each picture besides."""
        return self._choose(pictures, known, list(Place), lambda c, v: replace(c, place=v))

    def kind(
        self, pictures: Sequence[Image.Image], known: Sequence[Caption] | None = None
    ) -> list[Kind]:
        """What each toy is; `known` is what is known of each picture besides."""
        return self._choose(pictures, known, list(Kind), lambda c, v: replace(c, kind=v))

    def colour(
        self, pictures: Sequence[Image.Image], known: Sequence[Caption] | None = None
    ) -> list[Colour]:
        """Which colour each toy has; `known` is what is known of each picture besides."""
        return self._choose(pictures, known, list(Colour), lambda c, v: replace(c, colour=v))

    def _state(self, caption: str) -> torch.Tensor:
        if caption not in self._states:
            self._states[caption] = self._base.states([caption])[0]
        return self._states[caption]

    def _choose(
        self,
        pictures: Sequence[Image.Image],
        known: Sequence[Caption] | None,
        values: list[E],
        say: Callable[[Caption, E], Caption],
    ) -> list[E]:
        if not pictures:
            return []
        about = known if known is not None else [Caption()] * len(pictures)
        captions = [[say(c, value).text() for value in values] for c in about]
        left = np.tile(np.arange(len(values)), (len(pictures), 1))
        total = np.zeros(left.shape)
        for one in self._rounds:
            candidates = [
                [row[i] for i in chosen] for row, chosen in zip(captions, left, strict=True)
            ]
            total += self.losses(pictures, candidates, one.timesteps).sum(2)
            order = total.argsort(1)[:, : one.survivors]
            left, total = np.take_along_axis(left, order, 1), np.take_along_axis(total, order, 1)
        return [values[i] for i in left[:, 0]]


def _noises(picture: Image.Image, shape: tuple[int, ...], timesteps: Sequence[int]) -> torch.Tensor:
    """Standard normal float32 [timesteps, *shape]; a timestep's noise depends on no other's."""
    seed = zlib.crc32(picture.tobytes())
    return torch.stack(
        [torch.randn(shape, generator=torch.Generator().manual_seed(seed + t)) for t in timesteps]
    )
