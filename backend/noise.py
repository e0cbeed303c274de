"""The noise that a picture begins with, and what its steps add."""

import numpy as np
import torch
from numpy.typing import NDArray

from backend.recipe import Recipe


def generator(seed: int) -> torch.Generator:
    """Return the source of all the noise of one picture."""
    return torch.Generator().manual_seed(seed)


def first_noise(recipe: Recipe, shape: tuple[int, ...], source: torch.Generator) -> torch.Tensor:
    """Return the noise that a recipe begins with, float32 of `shape`, drawn from `source`.

    A variation turns it towards the noise of another seed, by spherical interpolation, which
    keeps it as strong as noise must be (Shoemake 1985).
    """
    noise = torch.randn(shape, generator=source)
    last = () if recipe.variation is None else (recipe.variation,)
    for turn in (*recipe.varied_before, *last):
        other = torch.randn(shape, generator=generator(turn.seed))
        noise = torch.from_numpy(turned(noise.numpy(), other.numpy(), turn.strength))
    return noise


def turned(
    start: NDArray[np.float32], end: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    """Return what lies at `share` (0 to 1) of the arc from `start` to `end`, of their shape."""
    # numpy adds up in one thread and so always in the same order; float64, as angles near 0
    # need it.
    one, two = start.astype(np.float64), end.astype(np.float64)
    lengths = np.sqrt((one * one).sum() * (two * two).sum())
    angle = np.arccos(np.clip((one * two).sum() / lengths, -1, 1))
    if np.sin(angle) < 1e-6:
        return start
    mixed = np.sin((1 - share) * angle) * one + np.sin(share * angle) * two
    between: NDArray[np.float32] = (mixed / np.sin(angle)).astype(np.float32)
    return between
