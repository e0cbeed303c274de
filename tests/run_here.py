"""A whole run in this process, on a base of a few kilobytes or on the toybox."""

from pathlib import Path
from typing import Any

from cluster.base import base_hash, base_resolution
from cluster.pictures import prepare_pictures
from cluster.rank import Rank
from cluster.run_dir import RunDir
from cluster.spec import TrainSpec
from cluster.train import build
from cluster.trainer import Trainer
from tests.toy_pictures import write_toy_pictures


def prepared_run(folder: Path, base: Path, pictures: int = 5, **changes: Any) -> RunDir:
    """A run folder of <dicoo> with everything that a rank needs; `changes` are of its spec."""
    spec = TrainSpec.model_validate(
        {
            "job_id": "j",
            "token": "<dicoo>",
            "initializer": "duck",
            "base": str(base),
            "base_hash": base_hash(base),
            "resolution": base_resolution(base),
            "precision": "fp32",
            "max_steps": 4,
            "evaluation_draws": 4,
            "stop_when_flat": False,
            **changes,
        }
    )
    run = RunDir.create(folder / "run", spec)
    prepare_pictures(write_toy_pictures(folder / "pictures", pictures), run.images, spec.resolution)
    return run


def trainer_of(run: RunDir) -> Trainer:
    """The only rank of a run, in this process."""
    return build(run, Rank(0, 1, 0, "here", 1))
