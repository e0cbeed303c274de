"""Four jobs on four hosts: one after another on all of them, or each on one at the same time.

`python -m tests.bench.slots` needs what the tests on four hosts need.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from backend.runs import launch_here
from cluster.base import base_hash
from cluster.launcher import observe, stop
from cluster.pictures import prepare_pictures
from cluster.run_dir import RunDir
from cluster.slots import Slot
from cluster.spec import TrainSpec
from cluster.verdict import judge
from demo.house import MODEL
from demo.samples import SAMPLE_INITIALIZER, write_samples
from tests.four_hosts import four_hosts

_JOBS = 4
_STEPS = 40


def _prepared(folder: Path) -> RunDir:
    spec = TrainSpec(
        job_id=folder.name,
        token="<dicoo>",
        initializer=SAMPLE_INITIALIZER,
        base=str(MODEL),
        base_hash=base_hash(MODEL),
        resolution=128,
        max_steps=_STEPS,
        stop_when_flat=False,
    )
    run = RunDir.create(folder, spec)
    prepare_pictures(write_samples(folder / "samples"), run.images, spec.resolution)
    return run


def _wait(runs: Sequence[RunDir]) -> None:
    waiting = list(runs)
    while waiting:
        time.sleep(0.1)
        for run in tuple(waiting):
            verdict = judge(observe(run), run.spec(), time.time())
            if verdict is not None:
                stop(run)
                if not verdict.succeeded:
                    sys.exit(f"{run.path.name}: {verdict.message}")
                waiting.remove(run)


def main() -> None:
    """Measure and print."""
    with four_hosts() as hosts, TemporaryDirectory() as name:
        folder = Path(name)
        settings = hosts.settings()
        runs = {
            slots: [_prepared(folder / f"{slots}-{job}") for job in range(_JOBS)]
            for slots in (1, _JOBS)
        }
        began = time.monotonic()
        for run in runs[1]:
            launch_here(run, settings)
            _wait([run])
        in_turn = time.monotonic() - began
        began = time.monotonic()
        for index, run in enumerate(runs[_JOBS]):
            launch_here(run, settings, Slot(index, _JOBS))
        _wait(runs[_JOBS])
        at_once = time.monotonic() - began
    table = Table("four jobs", "seconds", "ratio")
    table.add_row("one after another on four hosts", f"{in_turn:.1f}", "1.00")
    table.add_row("each on one host, at once", f"{at_once:.1f}", f"{at_once / in_turn:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
