"""A run that is asked to end with what it has learned so far."""

from pathlib import Path
from typing import Any

import pytest
import torch

from cluster.checkpoints import latest_checkpoint
from cluster.embedding_file import read_embedding
from cluster.going_on import go_on_from
from cluster.launcher import ask_to_stop_and_keep
from cluster.run_dir import RunDir
from cluster.trainer import Trainer
from tests.run_here import prepared_run, trainer_of

pytestmark = pytest.mark.slow


def _asked_during(trainer: Trainer, run: RunDir, number: int, patch: pytest.MonkeyPatch) -> None:
    """Have somebody ask while the step after `number` steps goes on."""
    step = trainer.step

    def asked(done: int) -> float:
        if done == number:
            ask_to_stop_and_keep(run)
        return step(done)

    patch.setattr(trainer, "step", asked)


def test_it_ends_after_the_step_it_is_at_and_keeps_the_best(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = prepared_run(tmp_path, tiny_base, max_steps=9, eval_interval=2, score=False)
    trainer = trainer_of(run)
    _asked_during(trainer, run, 4, monkeypatch)
    result = trainer.train()
    assert (result.steps, result.stopped_because) == (5, "asked")
    lines = run.progress()
    assert [line.last for line in lines] == [False] * 4 + [True]
    losses = [line.eval_loss for line in lines]
    assert losses[4] is not None, "the rows that were asked for are measured, off the interval too"
    measured = [loss for loss in (result.initial_eval_loss, *losses) if loss is not None]
    assert result.best_eval_loss == min(measured)
    assert torch.equal(torch.from_numpy(read_embedding(run.embedding).rows), trainer.best_rows)


def test_a_run_that_nobody_asks_goes_to_its_end(tmp_path: Path, tiny_base: Path) -> None:
    run = prepared_run(tmp_path, tiny_base, max_steps=3, score=False)
    assert trainer_of(run).train().stopped_because == "max_steps"
    assert [line.last for line in run.progress()] == [False, False, True]


def test_a_further_run_goes_on_from_the_last_rows(tmp_path: Path, tiny_base: Path) -> None:
    first = prepared_run(tmp_path / "first", tiny_base, max_steps=3, score=False)
    learned = trainer_of(first)
    learned.train()
    changes: dict[str, Any] = {"max_steps": 5, "job_id": "k", "clip": "/another/clip"}
    longer = prepared_run(tmp_path / "longer", tiny_base, score=False, **changes)
    assert go_on_from(longer, first) == 0, "another job goes on only when it says that it does"
    assert go_on_from(longer, first, further=True) == 3
    state = latest_checkpoint(longer.checkpoints)
    assert state is not None
    assert torch.equal(state.best_rows, learned.best_rows)
    result = trainer_of(longer).train()
    assert (result.steps, result.job_id) == (5, "k")
    assert [line.step for line in longer.progress()] == [1, 2, 3, 4, 5]


def test_a_concept_that_was_renamed_meanwhile_goes_on_from_its_rows(
    tmp_path: Path, tiny_base: Path
) -> None:
    first = prepared_run(tmp_path / "first", tiny_base, max_steps=3, score=False)
    learned = trainer_of(first)
    learned.train()
    longer = prepared_run(
        tmp_path / "longer", tiny_base, max_steps=4, score=False, job_id="k", token="<robo>"
    )
    assert go_on_from(longer, first, further=True) == 3
    result = trainer_of(longer).train()
    assert result.steps == 4
    assert [line.step for line in longer.progress()] == [1, 2, 3, 4]
    assert read_embedding(longer.embedding).token == "<robo>"
    again = prepared_run(tmp_path / "again", tiny_base, max_steps=3, score=False, token="<robo>")
    assert go_on_from(again, first) == 3, "another attempt of the same job, too"


def test_a_further_run_of_another_kind_begins_anew(tmp_path: Path, tiny_base: Path) -> None:
    first = prepared_run(tmp_path / "first", tiny_base, max_steps=2, score=False)
    trainer_of(first).train()
    other = prepared_run(tmp_path / "other", tiny_base, max_steps=4, learning_rate=0.01)
    assert go_on_from(other, first, further=True) == 0
