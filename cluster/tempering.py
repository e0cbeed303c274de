"""Gradients of samples brought nearer to one size, so that the loudest do not drown the rest."""

from collections.abc import Callable

import torch

_SMALLEST = 1e-20
"""A gradient of nothing stays nothing."""


def tempered(power: float) -> Callable[[torch.Tensor], torch.Tensor]:
    """A hook for the gradient of what the U-Net attends to, float32 [B, L, H], one sample a row.

    Each sample's is divided by its norm to `power`: as they are at 0, of one size at 1. The size
    of a sample's gradient is that of its timestep and noise, and not what it says of the concept:
    on the toybox the rows' gradient has 1.3 to 1.8 times the signal by its noise at 1. Whether
    concepts come out better hangs on the thing (docs/benchmarks.md). AdamW does not see the common
    factor.
    """

    def temper(gradient: torch.Tensor) -> torch.Tensor:
        norms = gradient.flatten(1).norm(dim=1).clamp(min=_SMALLEST)
        sizes: torch.Tensor = norms.pow(power)[:, None, None]
        return gradient / sizes

    return temper
