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
        "warmup_steps": 0,
        "weight_decay": 1e-2,
        "scale_lr": True,
        "cap_lr": False,
        "whole_table": True,
        "encode_each_step": True,
        "channels_last": False,
        "repeats": 100,
        "same_noise": True,
        "stratify": False,
        "choose_start": False,
        "keep_best": False,
        "stop_when_flat": False,
        "score": False,
    }
)
"""What `mpirun -n 16 ... textual_inversion.py --seed=7 --scale_lr --learning_rate=2.0e-03
--max_train_steps=200` does, in this package's words."""

HIGHEST_RATE = 1e-2
"""Where `cap_lr` stops the learning rate. A choice and no
finding: on ten toys with one seed (docs/benchmarks.md) the mean share is 0.84 at 0.01, 0.81 at 0.02
and 0.79 at 0.04, less apart than chance would put them. The reference recipe's 0.032 is above."""


def preset(recipe: Recipe) -> Mapping[str, object]:
    """What a recipe sets; what somebody sets one by one goes over it."""
    return REFERENCE if recipe is Recipe.REFERENCE else MappingProxyType({})


def peak_rate(rate: float, *, samples: int, scale: bool, cap: bool) -> float:
    """The learning rate after warm-up; `samples` are those of one step, of all ranks."""
    scaled = rate * samples if scale else rate
    return min(scaled, max(HIGHEST_RATE, rate)) if cap else scaled
