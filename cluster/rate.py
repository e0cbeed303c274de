"""The learning rate of a step. Pure."""

import math

from cluster.recipe import peak_rate
from cluster.spec import Schedule, TrainSpec


def learning_rate(spec: TrainSpec, step: int, world_size: int = 1) -> float:
    """The rate of a step (from 0): linear warm-up, then constant or a cosine down to a tenth."""
    samples = spec.batch_size * spec.gradient_accumulation * world_size
    peak = peak_rate(spec.learning_rate, samples=samples, scale=spec.scale_lr, cap=spec.cap_lr)
    warm = min(1.0, (step + 1) / (spec.warmup_steps + 1))
    if spec.schedule is Schedule.CONSTANT:
        return peak * warm
    share = step / max(1, spec.max_steps)
    return peak * warm * (0.55 + 0.45 * math.cos(math.pi * share))
