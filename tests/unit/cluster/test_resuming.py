"""A run that goes on from a checkpoint comes to what the uninterrupted one would have."""

from pathlib import Path
from typing import Any

import pytest
import torch

from cluster.going_on import go_on_from
from cluster.run_dir import RunDir
from cluster.trainer import Trainer
from tests.run_here import prepared_run, trainer_of

pytestmark = pytest.mark.slow


class _LostError(Exception):
    """Stands for a host that goes."""


def _flat_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run of an evaluation a step be flat from `steps` steps on."""
    monkeypatch.setattr("cluster.trainer.flattened", lambda curve: len(curve) > steps)


def _run(folder: Path, base: Path, **changes: Any) -> RunDir:
    told = {
        "max_steps": 9,
        "eval_interval": 1,
        "stop_when_flat": True,
        "score": False,
    }
    return prepared_run(folder, base, **{**told, **changes})


def _lost_while_it_is_measured(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    trainer = trainer_of(run)

    def lost(*_: object) -> None:
        raise _LostError

    monkeypatch.setattr(trainer, "_finish", lost)
    with pytest.raises(_LostError):
        trainer.train()
    return trainer


def test_a_run_that_was_lost_after_its_last_step_learns_no_further(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _flat_after(3, monkeypatch)
    whole = trainer_of(_run(tmp_path / "whole", tiny_base)).train()
    first = _run(tmp_path / "first", tiny_base)
    _lost_while_it_is_measured(first, monkeypatch)
    second = _run(tmp_path / "second", tiny_base)
    assert go_on_from(second, first) == 3
    resumed = trainer_of(second).train()
    assert (resumed.steps, resumed.stopped_because) == (3, "flat")
    assert resumed.rows_sha256 == whole.rows_sha256
    assert resumed.best_eval_loss == whole.best_eval_loss


def test_a_run_that_is_to_go_on_although_it_was_flat_does(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _flat_after(3, monkeypatch)
    first = _run(tmp_path / "first", tiny_base)
    trainer_of(first).train()
    further = _run(tmp_path / "further", tiny_base, job_id="k", stop_when_flat=False, max_steps=5)
    assert go_on_from(further, first, further=True) == 3
    result = trainer_of(further).train()
    assert (result.steps, result.stopped_because) == (5, "max_steps")


def test_a_run_that_is_past_its_limit_by_now_ends_with_what_it_has(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _run(tmp_path / "first", tiny_base, stop_when_flat=False, max_steps=4)
    learned = _lost_while_it_is_measured(first, monkeypatch)
    shorter = _run(tmp_path / "shorter", tiny_base, stop_when_flat=False, max_steps=2)
    assert go_on_from(shorter, first) == 4
    trainer = trainer_of(shorter)
    result = trainer.train()
    assert (result.steps, result.stopped_because) == (4, "max_steps")
    assert torch.equal(trainer.best_rows, learned.best_rows)


def test_a_start_that_nobody_chose_is_measured_once(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = trainer_of(_run(tmp_path, tiny_base, stop_when_flat=False, max_steps=1))
    measured: list[float] = []
    loss = trainer._loss

    def noted() -> float:
        measured.append(loss())
        return measured[-1]

    monkeypatch.setattr(trainer, "_loss", noted)
    result = trainer.train()
    assert len(measured) == 2, "the start, and the only step"
    assert trainer.curve == measured
    assert result.initial_eval_loss == measured[0]
    assert loss() == min(measured), "the best rows are in their place by now"
