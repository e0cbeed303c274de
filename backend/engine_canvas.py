"""One picture on its way from noise to pixels."""

import inspect

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from backend.engine_graphs import Floats, Inputs
from backend.noise import first_noise, generator
from backend.recipe import Recipe
from backend.samplers import Solver

LATENT_CHANNELS = 4


class Canvas:
    """The latents of one picture with the solver and the noise that are its own.

    Nothing in it depends on other pictures, so that a recipe gives the same picture in any
    company. `states` holds the prompts' hidden states, [2, L, H]: negative prompt and prompt;
    or [1, L, H], the prompt alone, where there is no guidance. `moments` are those of the VAE
    encoder for the picture that the recipe starts from, [1, 8, h, w] (mean and log variance),
    and `scale` is what its latents are multiplied by. `taught_guidance` is what a U-Net that was
    taught guidance is told of it, [1, W]; `states` are then of the prompt alone.
    """

    def __init__(
        self,
        recipe: Recipe,
        states: Floats,
        solver: Solver,
        reduction: int,
        moments: Floats | None = None,
        scale: float = 1.0,
        taught_guidance: Floats | None = None,
    ) -> None:
        self._states = states
        self._taught_guidance = taught_guidance
        self._guidance = recipe.guidance
        self._solver = solver
        self._noise = generator(recipe.seed)
        self._times = solver.timesteps
        random = "generator" in inspect.signature(solver.step).parameters
        self._fresh = {"generator": self._noise} if random else {}
        shape = (1, LATENT_CHANNELS, recipe.height // reduction, recipe.width // reduction)
        if recipe.start is None:
            self._latents = first_noise(recipe, shape, self._noise) * solver.init_noise_sigma
        elif moments is None:
            raise ValueError("there is no picture to begin from")
        else:
            # From here on as diffusers' StableDiffusionImg2ImgPipeline does it, draw by draw.
            kept = max(1, int(recipe.steps * recipe.start.strength))
            skipped = max(recipe.steps - kept, 0)
            self._times = solver.timesteps[skipped:]
            if hasattr(solver, "set_begin_index"):
                solver.set_begin_index(skipped)
            begin = _sampled(moments, self._noise) * scale
            noise = first_noise(recipe, shape, self._noise)
            self._latents = solver.add_noise(begin, noise, self._times[:1])
        self._turn = 0
        self._guided = round(recipe.guidance_until * self.turns) if len(states) == 2 else 0

    @property
    def turns(self) -> int:
        """How many times the U-Net is asked, in all."""
        return len(self._times)

    @property
    def is_done(self) -> bool:
        """Tell whether it needs the U-Net no more."""
        return self._turn == self.turns

    @property
    def latents(self) -> Floats:
        """What there is by now, [1, 4, h, w]."""
        latents: Floats = self._latents.numpy()
        return latents

    def question(self) -> Inputs:
        """Return what the U-Net is asked next: one sample, with and without the prompt.

        Only with it once guidance is over.
        """
        time = self._times[self._turn]
        sample = self._solver.scale_model_input(self._latents, time)
        states = self._states if self._turn < self._guided else self._states[-1:]
        told = {} if self._taught_guidance is None else {"timestep_cond": self._taught_guidance}
        return {
            **told,
            "sample": sample.numpy(),
            "timestep": np.full(1, float(time), np.float32),
            "encoder_hidden_states": states,
        }

    def answer(self, prediction: Floats) -> None:
        """Take the step that the U-Net's answer, [1 or 2, 4, h, w], calls for."""
        predicted = torch.from_numpy(prediction)
        if len(predicted) == 2:
            plain, asked = predicted.chunk(2)
            predicted = plain + self._guidance * (asked - plain)
        time = self._times[self._turn]
        step_taken = self._solver.step(predicted, time, self._latents, **self._fresh)
        self._latents = step_taken.prev_sample
        self._turn += 1

    def is_finite(self) -> bool:
        """Tell whether the numbers have stayed numbers."""
        return bool(torch.isfinite(self._latents).all())


def to_picture(decoded: Floats) -> Image.Image:
    """Return the picture of a decoder's output, [1, 3, height, width] in -1..1."""
    pixels: NDArray[np.float32] = (decoded[0] / 2 + 0.5).clip(0, 1) * 255
    return Image.fromarray(pixels.round().astype(np.uint8).transpose(1, 2, 0))


def to_pixels(picture: Image.Image) -> Floats:
    """Return an RGB picture as the VAE encoder reads it, [1, 3, height, width] in -1..1."""
    pixels = np.asarray(picture, np.float32).transpose(2, 0, 1)[None]
    return np.ascontiguousarray(2 * (pixels / 255) - 1)


def _sampled(moments: Floats, source: torch.Generator) -> torch.Tensor:
    """Draw latents from the encoder's Gaussian; [1, 4, h, w]."""
    mean, logarithm = torch.from_numpy(moments).chunk(2, dim=1)
    spread = torch.exp(0.5 * logarithm.clamp(-30, 20))
    return mean + spread * torch.randn(mean.shape, generator=source)
