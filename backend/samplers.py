"""The solvers behind the samplers' names, set up as the base model was trained."""

import json
import warnings
from pathlib import Path
from typing import Any

from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
)

from backend.recipe import Sampler

_SOLVERS = {
    Sampler.DPMPP_2M: DPMSolverMultistepScheduler,
    Sampler.DDIM: DDIMScheduler,
    Sampler.EULER: EulerDiscreteScheduler,
    Sampler.EULER_A: EulerAncestralDiscreteScheduler,
}

Solver = Any
"""A scheduler of diffusers; they share methods, but no base class that declares them."""


class Samplers:
    """Makes solvers for one base model."""

    def __init__(self, schedule: dict[str, Any]) -> None:
        self._schedule = schedule

    @classmethod
    def load(cls, base: Path) -> "Samplers":
        """Read the noise schedule of a base model folder (OSError, ValueError)."""
        file = base / "scheduler" / "scheduler_config.json"
        return cls(json.loads(file.read_text("utf-8")))

    def make(self, sampler: Sampler, steps: int) -> Solver:
        """Return a new solver for one picture of `steps` steps; it remembers past steps."""
        with warnings.catch_warnings():
            # diffusers turns tensors into arrays in a way that numpy 2 calls outdated.
            warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
            solver = _SOLVERS[sampler].from_config(self._schedule)
            solver.set_timesteps(steps)
        return solver
