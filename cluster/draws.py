"""What a step is made of: pictures, sentences, timesteps and noise, each from one seed."""

import hashlib
from dataclasses import dataclass

import torch

EVALUATE, START = 2, 3
"""What a fixed batch is for: each purpose has its own noise."""
_STREAMS = 1_000_003


def _generator(*parts: int | str) -> torch.Generator:
    """A generator of its own for every place in a run: there is no state to be kept."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8]) >> 1)


def radical_inverse(step: int) -> float:
    """Van der Corput's sequence in base 2: its first n values are spread evenly over [0, 1)."""
    value, digit = 0.0, 0.5
    while step:
        value += digit * (step & 1)
        step >>= 1
        digit /= 2
    return value


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


def _even(count: int, total: int, within: torch.Tensor, slot: int, slots: int) -> torch.Tensor:
    """`count` timesteps of 0..total-1 for slot `slot`: with those of the other slots, one in each
    of count * slots equal slices, at `within` (float [count], 0..1) of its slice.
    """
    slices = count * slots
    mine = torch.arange(count) * slots + slot
    return ((mine + within) * (total / slices)).long().clamp(max=total - 1)


def _in_turn(seed: int, numbers: torch.Tensor, pictures: int, repeats: int) -> torch.Tensor:
    """Pictures of the run's samples `numbers`, int64 [B]: rounds in which each comes `repeats`
    times, every round shuffled anew.
    """
    length = pictures * repeats
    rounds = {
        number: torch.randperm(length, generator=_generator(seed, "round", number))
        for number in set((numbers // length).tolist())
    }
    chosen = [int(rounds[n // length][n % length]) for n in numbers.tolist()]
    return torch.tensor(chosen) % pictures


@dataclass(frozen=True)
class Draws:
    """A rank's draws. Each depends on the seed, the step and its slot alone.

    A step has world size x accumulation slots, one micro-batch each. So ranks and accumulation
    can be exchanged for each other, and a run can go on anywhere without any state.
    """

    seed: int
    rank: int
    world_size: int
    batch_size: int
    pictures: int
    templates: int
    timesteps: int
    latent_shape: tuple[int, int, int]
    accumulation: int = 1
    stratify: bool = True
    """Timesteps of a step's slots cover the schedule evenly, and so do those of one slice in
    the course of the steps (van der Corput's sequence)."""
    repeats: int = 1
    """How often each picture comes before all have come."""
    one_sentence: bool = False
    """The samples of a micro-batch share a sentence, another in each."""
    same_noise: bool = False
    """All slots draw the same noise and timesteps, as ranks do that are seeded alike."""

    def at(self, step: int, micro: int = 0) -> Draw:
        """Micro-batch `micro` of this rank in step `step`, both from 0."""
        b, slots = self.batch_size, self.world_size * self.accumulation
        slot = self.rank * self.accumulation + micro
        mine = _generator(self.seed, "sentences", step, slot)
        noise = _generator(self.seed, "noise", step, 0 if self.same_noise else slot)
        if self.stratify and not self.same_noise:
            shift = torch.rand(b, generator=_generator(self.seed, "shift", slot))
            within = (shift + radical_inverse(step)) % 1
            timesteps = _even(b, self.timesteps, within, slot, slots)
        else:
            timesteps = torch.randint(self.timesteps, (b,), generator=noise)
        shape = (b, *self.latent_shape)
        numbers = torch.arange(b) + (step * slots + slot) * b
        templates = torch.randint(self.templates, (1 if self.one_sentence else b,), generator=mine)
        return Draw(
            pictures=_in_turn(self.seed, numbers, self.pictures, self.repeats),
            templates=templates.expand(b),
            timesteps=timesteps,
            posterior_noise=torch.randn(shape, generator=noise),
            noise=torch.randn(shape, generator=noise),
        )


def evaluation_draw(
    *,
    seed: int,
    count: int,
    pictures: int,
    templates: int,
    timesteps: int,
    latent_shape: tuple[int, int, int],
    purpose: int = EVALUATE,
) -> Draw:
    """The fixed batch a run is measured on: the same on every rank and at every step.

    Pictures and sentences go round in turn, timesteps lie evenly; the noise is of a seed that no
    training draw uses. Fixed draws make the loss comparable (DVAR, arXiv 2302.04841).
    """
    g = torch.Generator().manual_seed(seed * _STREAMS + purpose)
    turn = torch.arange(count)
    shape = (count, *latent_shape)
    even = _even(count, timesteps, torch.rand(count, generator=g), 0, 1)
    return Draw(
        pictures=turn % pictures,
        templates=turn % templates,
        timesteps=even[torch.randperm(count, generator=g)],
        posterior_noise=torch.randn(shape, generator=g),
        noise=torch.randn(shape, generator=g),
    )
