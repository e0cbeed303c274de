"""What a run measures and keeps is an average of its rows; it learns on the rows themselves."""

from pathlib import Path
from typing import Any

import pytest
import torch

from cluster.checkpoints import latest_checkpoint
from cluster.embedding_file import read_embedding
from cluster.trainer import Trainer
from tests.run_here import prepared_run, trainer_of

pytestmark = pytest.mark.slow

_STEPS = 6


class Watched:
    """A run that notes its rows after each step."""

    def __init__(self, trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows: list[torch.Tensor] = []
        step = trainer.step

        def noted(number: int) -> float:
            loss = step(number)
            self.rows.append(trainer.concept.rows.detach().clone())
            return loss

        monkeypatch.setattr(trainer, "step", noted)
        self.result = trainer.train()


def _learned(
    folder: Path, base: Path, patch: pytest.MonkeyPatch, average: float, **changes: Any
) -> tuple[Watched, torch.Tensor]:
    run = prepared_run(
        folder,
        base,
        max_steps=_STEPS,
        average=average,
        keep_best=False,
        choose_start=False,
        score=False,
        **changes,
    )
    watched = Watched(trainer_of(run), patch)
    return watched, torch.from_numpy(read_embedding(run.embedding).rows)


def test_the_concept_is_the_average_of_the_rows(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched, concept = _learned(tmp_path, tiny_base, monkeypatch, average=0.6)
    expected = watched.rows[0]
    for n, rows in enumerate(watched.rows[1:], start=1):
        # Until there is a past worth keeping, less of it is kept: (1 + n) / (10 + n).
        kept = min(0.6, (1 + n) / (10 + n))
        expected = kept * expected + (1 - kept) * rows
    torch.testing.assert_close(concept, expected)
    assert not torch.allclose(concept, watched.rows[-1], atol=1e-4)


def test_measuring_the_average_leaves_learning_alone(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = _learned(tmp_path / "one", tiny_base, monkeypatch, average=0.9, eval_interval=1)
    other, rows = _learned(tmp_path / "other", tiny_base, monkeypatch, average=0.0)
    assert all(torch.equal(a, b) for a, b in zip(one.rows, other.rows, strict=True))
    assert torch.equal(rows, other.rows[-1])


def test_the_average_goes_on_from_a_checkpoint(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, expected = _learned(tmp_path / "whole", tiny_base, monkeypatch, average=0.9)
    run = prepared_run(
        tmp_path / "parts",
        tiny_base,
        max_steps=_STEPS,
        average=0.9,
        keep_best=False,
        choose_start=False,
        score=False,
        checkpoint_interval=3,
    )
    first = trainer_of(run)
    monkeypatch.setattr(first, "_finish", lambda *_: None)
    monkeypatch.setattr(first, "spec", first.spec.model_copy(update={"max_steps": 3}))
    first.train()
    state = latest_checkpoint(run.checkpoints)
    assert state is not None
    assert state.step == 3
    trainer_of(run).train()
    assert torch.equal(torch.from_numpy(read_embedding(run.embedding).rows), expected)
    assert len(whole.rows) == _STEPS


def test_nothing_learned_is_the_start_itself(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = prepared_run(tmp_path, tiny_base, score=False, choose_start=True)
    trainer = trainer_of(run)
    chosen = trainer.concept.rows.detach() + 1
    monkeypatch.setattr(
        "cluster.trainer.choose_start",
        lambda concept, *_, **__: (concept.put(chosen), _Start())[1],
    )
    monkeypatch.setattr(trainer, "step", lambda _: 0.0)
    trainer.train()
    assert torch.equal(trainer.best_rows, chosen)


class _Start:
    word = "other"
