"""What runs of the cluster tests are made of: a base model, pictures, and a spec."""

from dataclasses import dataclass, field
from pathlib import Path

from cluster.base import base_hash
from cluster.launcher import slot_in_use, stop
from cluster.pictures import prepare_pictures
from cluster.run_dir import RunDir
from cluster.spec import TrainSpec
from tests.tiny_base import TINY_SIDE


@dataclass(frozen=True)
class Ground:
    """A base and pictures that all tests share."""

    base: Path
    pictures: tuple[Path, ...]
    made: list[RunDir] = field(default_factory=list)
    """The runs of the test that goes on."""

    def run(self, folder: Path, **changes: object) -> RunDir:
        """A prepared run folder."""
        values: dict[str, object] = {
            "job_id": folder.name,
            "token": "<dicoo>",
            "initializer": "toy",
            "base": str(self.base),
            "base_hash": base_hash(self.base),
            "resolution": TINY_SIDE,
            "max_steps": 20,
            "batch_size": 2,
            "evaluation_draws": 6,
            "eval_interval": 5,
            "stop_when_flat": False,
        }
        run = RunDir.create(folder, TrainSpec.model_validate(values | changes))
        prepare_pictures(self.pictures, run.images, TINY_SIDE)
        self.made.append(run)
        return run

    def clear(self) -> None:
        """End what a test that broke off has left running: it would slow all that follow."""
        while self.made:
            run = self.made.pop()
            if slot_in_use(run) is not None:
                stop(run)
