"""The reference recipe as a setting of switches, so that each gain can be measured alone. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from cluster.spec import Recipe, Schedule

REFERENCE: Mapping[str, object] = MappingProxyType(
    {
        "max_steps": 200,
        "batch_size": 1,
        "learning_rate": 2e-3,
        "schedule": Schedule.CONSTANT,
        "average": 0.0,
        "warmup_steps": 0,
        "weight_decay": 1e-2,
        "scale_lr": True,
        "cap_lr": False,
        "whole_table": True,
        "encode_each_step": True,
        "channels_last": False,
        "short_backward": False,
        "repeats": 100,
        "same_noise": True,
        "stratify": False,
        "one_sentence": False,
        "sample_tempering": 0.0,
        "hold_back": False,
        "choose_start": False,
        "keep_best": False,
        "stop_when_flat": False,
        "score": False,
    }
)
"""What `mpirun -n 16 ... textual_inversion.py --seed=7 --scale_lr --learning_rate=2.0e-03
--max_train_steps=200` does, in this package's words."""

HIGHEST_RATE = 5e-2
"""Where `cap_lr` stops the learning rate: the highest at which concepts of the toybox were measured
(docs/benchmarks.md), above the reference recipe's 0.032. The rows' norm grows with the rate."""


def preset(recipe: Recipe) -> Mapping[str, object]:
    """What a recipe sets; what somebody sets one by one goes over it."""
    return REFERENCE if recipe is Recipe.REFERENCE else MappingProxyType({})


def peak_rate(rate: float, *, samples: int, scale: bool, cap: bool) -> float:
    """The learning rate after warm-up; `samples` are those of one step, of all ranks."""
    scaled = rate * samples if scale else rate
    return min(scaled, max(HIGHEST_RATE, rate)) if cap else scaled
