"""One picture on its way from noise to pixels."""

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from backend.engine_graphs import Floats, Inputs
from backend.recipe import Recipe
from backend.samplers import Solver

LATENT_CHANNELS = 4


class Canvas:
    """The latents of one picture with the solver and the noise that are its own.

    Nothing in it depends on other pictures, so that a recipe gives the same picture in any
    company. `states` holds the prompts' hidden states, [2, L, H]: negative prompt and prompt;
    or [1, L, H], the prompt alone, where there is no guidance.
    """

    def __init__(self, recipe: Recipe, states: Floats, solver: Solver, reduction: int) -> None:
        self._states = states
        self._guidance = recipe.guidance
        self._solver = solver
        self._noise = torch.Generator().manual_seed(recipe.seed)
        shape = (1, LATENT_CHANNELS, recipe.height // reduction, recipe.width // reduction)
        begin = torch.randn(shape, generator=self._noise)
        self._latents = begin * solver.init_noise_sigma

    @property
    def latents(self) -> Floats:
        """What there is by now, [1, 4, h, w]."""
        latents: Floats = self._latents.numpy()
        return latents

    def question(self, step: int) -> Inputs:
        """Return what the U-Net is asked in `step`."""
        time = self._solver.timesteps[step]
        sample = self._solver.scale_model_input(self._latents, time)
        number = len(self._states)
        return {
            "sample": sample.repeat(number, 1, 1, 1).numpy(),
            "timestep": np.full(number, float(time), np.float32),
            "encoder_hidden_states": self._states,
        }

    def answer(self, step: int, prediction: Floats) -> None:
        """Take the step that the U-Net's answer, [1 or 2, 4, h, w], calls for."""
        predicted = torch.from_numpy(prediction)
        if len(predicted) == 2:
            plain, asked = predicted.chunk(2)
            predicted = plain + self._guidance * (asked - plain)
        time = self._solver.timesteps[step]
        step_taken = self._solver.step(predicted, time, self._latents, generator=self._noise)
        self._latents = step_taken.prev_sample

    def is_finite(self) -> bool:
        """Tell whether the numbers have stayed numbers."""
        return bool(torch.isfinite(self._latents).all())


def to_picture(decoded: Floats) -> Image.Image:
    """Return the picture of a decoder's output, [1, 3, height, width] in -1..1."""
    pixels: NDArray[np.float32] = (decoded[0] / 2 + 0.5).clip(0, 1) * 255
    return Image.fromarray(pixels.round().astype(np.uint8).transpose(1, 2, 0))
