"""When a run has learned what it will. Pure."""

from collections.abc import Sequence
from statistics import pvariance

_FLAT = 0.15
"""Share of the whole curve's variance below which its last window counts as flat (DVAR, arXiv
2302.04841, which takes windows of 310 steps; runs here are shorter, so the window is a share)."""
_WINDOW_SHARE = 0.4
_FEWEST = 8


def flattened(curve: Sequence[float]) -> bool:
    """Whether a curve of evaluation losses, one every few steps, has stopped moving.

    The window is the last 40 % of the curve and at least half of eight points; no run is stopped
    before its eighth evaluation, nor while its newest loss is its best by a clear margin.
    """
    if len(curve) < _FEWEST:
        return False
    window = max(_FEWEST // 2, round(len(curve) * _WINDOW_SHARE))
    whole = pvariance(curve)
    if whole == 0:
        return True
    gain = max(curve[0] - min(curve), 0.0)
    still_falling = min(curve[:-window]) - min(curve[-window:]) > 0.05 * gain > 0
    return pvariance(curve[-window:]) / whole < _FLAT and not still_falling
