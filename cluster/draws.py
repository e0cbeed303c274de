"""What a step is made of: pictures, sentences, timesteps and noise, each from its rank's seed."""

from dataclasses import dataclass

import torch

_TRAIN, _EVALUATE = 1, 2
_PRIME = 7919
_STREAMS = 1_000_003


@dataclass(frozen=True)
class Draw:
    """One micro-batch of a rank, B = batch size."""

    pictures: torch.Tensor
    """int64 [B], index of the posterior."""
    templates: torch.Tensor
    """int64 [B], index of the sentence."""
    timesteps: torch.Tensor
    """int64 [B]."""
    posterior_noise: torch.Tensor
    """float32 [B, C, h, w], standard normal: picks a sample of the posterior."""
    noise: torch.Tensor
    """float32 [B, C, h, w], standard normal: what the U-Net has to find."""

    def part(self, which: slice) -> "Draw":
        """Some of its samples."""
        return Draw(
            self.pictures[which],
            self.templates[which],
            self.timesteps[which],
            self.posterior_noise[which],
            self.noise[which],
        )


def _stratified(count: int, total: int, slot: int, slots: int, g: torch.Generator) -> torch.Tensor:
    """`count` timesteps of 0..total-1 for slot `slot`: with those of the other slots, one in each
    of count * slots equal slices.
    """
    slices = count * slots
    mine = torch.arange(count) * slots + slot
    return ((mine + torch.rand(count, generator=g)) * (total / slices)).long().clamp(max=total - 1)


class Draws:
    """A rank's stream of draws; its whole state is one generator.

    Timesteps are stratified across the micro-batches that make one step: rank r of W takes the
    slices r, r + W, r + 2W... so that a step of all ranks covers the schedule evenly.
    """

    def __init__(
        self,
        *,
        seed: int,
        rank: int,
        world_size: int,
        batch_size: int,
        pictures: int,
        templates: int,
        timesteps: int,
        latent_shape: tuple[int, int, int],
    ) -> None:
        self._seed = seed * _STREAMS + 8 * rank + _TRAIN
        self.generator = torch.Generator().manual_seed(self._seed)
        self._rank, self._world_size = rank, world_size
        self._batch_size = batch_size
        self._pictures, self._templates = pictures, templates
        self._timesteps, self._latent_shape = timesteps, latent_shape

    def start_anew(self, step: int) -> None:
        """Go on after `step` without the state of then, as with another number of ranks.

        The draws are neither those of before nor reproducible from the seed alone.
        """
        self.generator.manual_seed(self._seed + step * _STREAMS * _PRIME)

    def next(self) -> Draw:
        """The next micro-batch."""
        g, b = self.generator, self._batch_size
        shape = (b, *self._latent_shape)
        return Draw(
            pictures=torch.randint(self._pictures, (b,), generator=g),
            templates=torch.randint(self._templates, (b,), generator=g),
            timesteps=_stratified(b, self._timesteps, self._rank, self._world_size, g),
            posterior_noise=torch.randn(shape, generator=g),
            noise=torch.randn(shape, generator=g),
        )


def evaluation_draw(
    *,
    seed: int,
    count: int,
    pictures: int,
    templates: int,
    timesteps: int,
    latent_shape: tuple[int, int, int],
) -> Draw:
    """The fixed batch a run is measured on: the same on every rank and at every step.

    Pictures and sentences go round in turn, timesteps lie evenly; the noise is of a seed that no
    training draw uses. Fixed draws make the loss comparable (DVAR, arXiv 2302.04841).
    """
    g = torch.Generator().manual_seed(seed * _STREAMS + _EVALUATE)
    turn = torch.arange(count)
    shape = (count, *latent_shape)
    return Draw(
        pictures=turn % pictures,
        templates=turn % templates,
        timesteps=_stratified(count, timesteps, 0, 1, g)[torch.randperm(count, generator=g)],
        posterior_noise=torch.randn(shape, generator=g),
        noise=torch.randn(shape, generator=g),
    )
