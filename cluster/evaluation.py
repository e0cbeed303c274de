"""The objective curve: the denoising loss on one fixed batch, the same for the whole run."""

from dataclasses import dataclass

import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from torch.nn import functional

from cluster.concept_rows import Concept
from cluster.draws import Draw
from cluster.latents import Pictures


@dataclass(frozen=True)
class Denoiser:
    """The frozen part of the loss: noise schedule, U-Net, and what it is asked to predict."""

    unet: UNet2DConditionModel
    scheduler: DDPMScheduler

    def errors(self, latents: torch.Tensor, draw: Draw, states: torch.Tensor) -> torch.Tensor:
        """Mean squared error of each sample, float32 [B].

        `latents` float32 [B, C, h, w], `states` [B, L, H] of the text encoder. For
        v-prediction the target is the velocity (arXiv 2202.00512).
        """
        noisy = self.scheduler.add_noise(latents, draw.noise, draw.timesteps)
        dtype = self.unet.dtype
        guess = self.unet(noisy.to(dtype), draw.timesteps, states.to(dtype)).sample.float()
        target = draw.noise
        if self.scheduler.config.prediction_type == "v_prediction":
            target = self.scheduler.get_velocity(latents, draw.noise, draw.timesteps)
        return functional.mse_loss(guess, target, reduction="none").mean((1, 2, 3))


@dataclass(frozen=True)
class EvaluationBatch:
    """A rank's share of the fixed batch; shares are equal up to one sample."""

    draw: Draw
    latents: torch.Tensor
    ids: torch.Tensor
    """int64 [B, L]"""

    @property
    def count(self) -> int:
        """Samples in this share."""
        return len(self.draw.timesteps)


def share_of(
    draw: Draw, pictures: Pictures, ids: torch.Tensor, rank: int, world_size: int
) -> EvaluationBatch:
    """Every world_size-th sample of the batch. `ids` int64 [templates, L]."""
    mine = slice(rank, None, world_size)
    part = draw.part(mine)
    # One by one: the VAE takes over a gigabyte a picture of 512 pixels where it is asked each time.
    latents = torch.empty_like(part.posterior_noise)
    for one in range(len(latents)):
        only = slice(one, one + 1)
        latents[only] = pictures.sample(part.pictures[only], part.posterior_noise[only])
    return EvaluationBatch(part, latents, ids[part.templates])


def summed_errors(
    denoiser: Denoiser,
    concept: Concept,
    batch: EvaluationBatch,
    size: int,
    limit: int | None = None,
) -> torch.Tensor:
    """Sum of a share's errors and their count, float32 [2]; `size` samples at a time.

    `limit` takes only the share's first samples.
    """
    summed = torch.zeros(2)
    count = batch.count if limit is None else min(limit, batch.count)
    with torch.no_grad():
        for start in range(0, count, size):
            part = slice(start, min(start + size, count))
            states = concept.encode(batch.ids[part])
            errors = denoiser.errors(batch.latents[part], batch.draw.part(part), states)
            summed += torch.tensor([float(errors.sum()), float(len(errors))])
    return summed
