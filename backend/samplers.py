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
    LCMScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)

from backend.recipe import Sampler

_SOLVERS = {
    Sampler.DPMPP_2M: DPMSolverMultistepScheduler,
    Sampler.UNIPC: UniPCMultistepScheduler,
    Sampler.DDIM: DDIMScheduler,
    Sampler.PNDM: PNDMScheduler,
    Sampler.EULER: EulerDiscreteScheduler,
    Sampler.EULER_A: EulerAncestralDiscreteScheduler,
    Sampler.LCM: LCMScheduler,
}
_OWN: dict[Sampler, dict[str, Any]] = {
    # As Stable Diffusion's own file says; its Runge-Kutta start needs more steps than some ask
    # for, and a file that was written for another sampler does not say.
    Sampler.PNDM: {"skip_prk_steps": True},
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
        """Return a new solver for one picture of `steps` steps; it remembers past steps.

        Its `timesteps` may be more than `steps`: PNDM has one more. Raises ValueError for more
        steps than the solver knows of (LCM: 50).
        """
        with warnings.catch_warnings():
            # diffusers turns tensors into arrays in a way that numpy 2 calls outdated.
            warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
            solver = _SOLVERS[sampler].from_config(self._schedule, **_OWN.get(sampler, {}))
            solver.set_timesteps(steps)
        return solver
