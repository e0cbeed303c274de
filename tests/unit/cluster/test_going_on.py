"""What a run takes over from an earlier one."""

from pathlib import Path

import pytest

from cluster.going_on import go_on_from
from cluster.run_dir import ProgressLine, RunDir
from cluster.spec import TrainSpec

SPEC = TrainSpec(
    job_id="j", token="<x>", initializer="toy", base="/b", base_hash="h", resolution=64,
    max_steps=20,
)  # fmt: skip


def _run(folder: Path, **changes: object) -> RunDir:
    return RunDir.create(folder, SPEC.model_copy(update=changes))


@pytest.fixture
def earlier(tmp_path: Path) -> RunDir:
    """A run of twenty steps that went to its end, with its last checkpoint after the tenth."""
    run = _run(tmp_path / "earlier")
    for step in (5, 10, 20):
        line = ProgressLine(
            step=step, of=20, loss=0.5, lr=0.1, seconds_per_step=3, eta_seconds=0, time=1,
            last=step == 20,
        )  # fmt: skip
        run.add_progress(line)
    for step in (5, 10):
        (run.checkpoints / f"step-{step:06}.state").write_bytes(bytes([step]))
    return run


@pytest.mark.parametrize(
    "change",
    [
        {"deadline_seconds": 9999.0},
        {"max_steps": 15},
        {"stop_when_flat": False},
        {"clip": "/srv/clip"},
        {"score": False},
        {"preview_vae": "/srv/taesd"},
        {"preview_interval": 5},
        {"preview_prompts": ("a red {}", "a {} at sea")},
        {"preview_steps": 20},
        {"save_full_pipeline": True},
        {"checkpoint_interval": 5},
        {"process_group_timeout_seconds": 600.0},
        {"token": "<y>"},
    ],
)
@pytest.mark.parametrize("further", [False, True])
def test_what_nothing_learned_depends_on_may_have_changed(
    earlier: RunDir, tmp_path: Path, change: dict[str, object], further: bool
) -> None:
    """A deadline is raised because it was met: what was learned until then must not be lost."""
    job = {"job_id": "k"} if further else {}
    run = _run(tmp_path / "run", **change, **job)
    assert go_on_from(run, earlier, further) == 10
    assert (run.checkpoints / "step-000010.state").read_bytes() == b"\n"


@pytest.mark.parametrize(
    "change", [{"learning_rate": 0.01}, {"seed": 8}, {"base_hash": "i"}, {"job_id": "k"}]
)
def test_what_was_learned_otherwise_is_no_start(
    earlier: RunDir, tmp_path: Path, change: dict[str, object]
) -> None:
    run = _run(tmp_path / "run", **change)
    assert go_on_from(run, earlier) == 0
    assert (run.progress(), [*run.checkpoints.iterdir()]) == ((), [])


def test_steps_that_are_taken_over_are_told_as_of_the_run_that_goes_on(
    earlier: RunDir, tmp_path: Path
) -> None:
    (earlier.checkpoints / "step-000020.state").touch()
    run = _run(tmp_path / "run", max_steps=50, job_id="k")
    go_on_from(run, earlier, further=True)
    lines = run.progress()
    assert [(line.step, line.of, line.last) for line in lines] == [
        (5, 50, False), (10, 50, False), (20, 50, False),
    ]  # fmt: skip
    assert [line.eta_seconds for line in lines] == [135, 120, 90]
    shorter = _run(tmp_path / "shorter", max_steps=8)
    go_on_from(shorter, earlier)
    assert [line.eta_seconds for line in shorter.progress()] == [9, 0, 0]
