"""The run folder."""

import json
import os
from pathlib import Path
from time import time as clock

import pytest

from cluster.errors import RunDirError
from cluster.run_dir import (
    LaunchRecord,
    ProgressLine,
    RankFailure,
    RunDir,
    RunResult,
    write_atomically,
)
from cluster.spec import TrainSpec

SPEC = TrainSpec(
    job_id="j", token="<x>", initializer="toy", base="/b", base_hash="h", resolution=64
)


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    """A new run folder."""
    return RunDir.create(tmp_path / "run", SPEC)


def _line(step: int) -> ProgressLine:
    return ProgressLine(
        step=step, of=9, loss=0.5, lr=0.1, seconds_per_step=1, eta_seconds=1, time=0
    )


def test_a_new_folder_holds_its_spec_and_nothing_else(run: RunDir) -> None:
    assert run.spec() == SPEC
    assert (run.progress(), run.errors(), run.previews()) == ((), (), ())
    assert (run.result(), run.launch_record(), run.heartbeats()) == (None, None, {})


def test_a_folder_that_is_not_there_reads_as_empty_but_has_no_spec(tmp_path: Path) -> None:
    run = RunDir(tmp_path / "nowhere")
    assert (run.progress(), run.errors(), run.previews()) == ((), (), ())
    assert (run.result(), run.launch_record(), run.heartbeats()) == (None, None, {})
    with pytest.raises(RunDirError) as caught:
        run.spec()
    assert caught.value.code == "bad_run_folder"
    (tmp_path / "spec.json").write_text('{"version": 9}')
    with pytest.raises(RunDirError):
        RunDir(tmp_path).spec()


def test_progress_is_read_back_without_a_torn_end(run: RunDir) -> None:
    run.add_progress(_line(1))
    run.add_progress(_line(2))
    whole = (run.path / "progress.jsonl").read_bytes()
    for cut in range(len(whole) // 2 + 1, len(whole) - 1):
        (run.path / "progress.jsonl").write_bytes(whole[:cut])
        assert run.progress() == (_line(1),)
    (run.path / "progress.jsonl").write_bytes(whole)
    assert run.progress() == (_line(1), _line(2))


def test_errors_are_read_earliest_first(run: RunDir) -> None:
    for rank, time in ((0, 9.0), (3, 5.0), (11, 7.0)):
        run.write_error(
            RankFailure(rank=rank, host="h", code="c", message="m", traceback="t", time=time)
        )
    (run.path / "error" / "rank-5.json").write_text('{"rank"')
    assert [error.rank for error in run.errors()] == [3, 11, 0]


def test_heartbeats_are_read_by_rank(run: RunDir) -> None:
    for rank in (0, 10):
        run.beat(rank)
    beats = run.heartbeats()
    assert set(beats) == {0, 10}
    assert beats[10] >= beats[0]


def test_previews_are_read_in_the_order_of_their_steps(run: RunDir) -> None:
    for name in ("step-100-0.png", "step-20-1.png", "step-20-0.png", "other.png"):
        (run.path / "previews" / name).touch()
    assert [(one.step, one.index) for one in run.previews()] == [(20, 0), (20, 1), (100, 0)]


def test_the_newest_preview_is_of_the_first_prompt(run: RunDir) -> None:
    assert run.newest_preview() is None
    for name in ("step-20-0.png", "step-100-0.png", "step-100-1.png", "step-100-2.png"):
        (run.path / "previews" / name).touch()
    newest = run.newest_preview()
    assert newest is not None
    assert (newest.step, newest.index) == (100, 0)


def test_result_and_launch_are_read_as_they_were_written(run: RunDir) -> None:
    result = RunResult(
        job_id="j", spec_hash=SPEC.hash, backend="gloo", world_size=2, precision="fp32", steps=9,
        best_step=8, initial_eval_loss=0.4, best_eval_loss=0.3, seconds=1, embedding="e",
        rows_sha256="s", stopped_because="flat",
    )  # fmt: skip
    run.write_result(result)
    assert run.result() == result
    record = LaunchRecord(
        pid=1, pgid=1, process_started=1.5, started_at=2.5, host="h", argv=("a", "b c")
    )
    run.write_launch(record, {"A": "1"})
    assert run.launch_record() == record
    assert json.loads((run.path / "env.json").read_text()) == {"A": "1"}


def test_writing_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new" / "x"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        assert path.read_bytes() == b"old", "what takes its place is on the disk first"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path], "what could not be written is no use to anybody"


def test_when_something_came_is_told_by_the_clock_here(run: RunDir) -> None:
    assert (run.moved_at(), run.failed_at()) == (None, None)
    before = clock() - 1
    wrong = before - 7200
    run.add_progress(_line(1))
    for rank in (0, 1):
        run.write_error(
            RankFailure(rank=rank, host="h", code="c", message="m", traceback="t", time=wrong)
        )
    for name in ("progress.jsonl", "error/rank-0.json", "error/rank-1.json"):
        # As of a file that was fetched from a host whose clock is wrong.
        os.utime(run.path / name, (wrong, wrong))
    moved, failed = run.moved_at(), run.failed_at()
    assert moved is not None
    assert failed is not None
    assert before < moved <= failed
