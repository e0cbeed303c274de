from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from cluster.checkpoints import State, latest_checkpoint, rows_hash, save_checkpoint
from cluster.embedding_file import read_embedding
from cluster.run_dir import RunDir


def _state(step: int) -> State:
    rows = torch.full((2, 8), float(step))
    return State(
        step=step,
        concept=rows + 2,
        rows=rows,
        average={"decay": 0.95, "shadow_params": [rows + 2]},
        optimizer={
            "state": {0: {"step": torch.tensor(float(step))}},
            "param_groups": [{"lr": 0.1}],
        },
        start_word="toy",
        initial_loss=0.7,
        best_step=step - 1,
        best_loss=0.5,
        best_rows=rows + 1,
        curve=(0.7, 0.5),
    )


def test_the_newest_checkpoint_comes_back_whole(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    for step in (10, 20):
        save_checkpoint(run, "<dicoo>", _state(step))
    found, expected = latest_checkpoint(run.checkpoints), _state(20)
    assert found is not None
    assert torch.equal(found.rows, expected.rows)
    assert torch.equal(found.best_rows, expected.best_rows)
    assert found.average is not None
    shadow: Any = found.average["shadow_params"]
    assert torch.equal(shadow[0], expected.concept)
    assert (found.step, found.best_step, found.curve) == (20, 19, (0.7, 0.5))


def test_the_concept_in_it_is_a_concept_file(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    save_checkpoint(run, "<dicoo>", _state(10))
    concept = read_embedding(run.checkpoints / "step-000010.safetensors")
    assert concept.token == "<dicoo>"
    assert rows_hash(torch.from_numpy(concept.rows)) == rows_hash(_state(10).concept)


def test_without_checkpoints_there_is_nothing_to_go_on_from(tmp_path: Path) -> None:
    assert latest_checkpoint(tmp_path) is None


@pytest.mark.parametrize(
    "broken",
    [
        lambda whole: b"",
        lambda whole: b"\0" * len(whole),
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"no checkpoint",
    ],
    ids=["empty", "zeros", "torn", "another"],
)
def test_a_broken_checkpoint_is_passed_over(
    tmp_path: Path, broken: Callable[[bytes], bytes]
) -> None:
    run = RunDir(tmp_path)
    for step in (10, 20):
        save_checkpoint(run, "<dicoo>", _state(step))
    newest = run.checkpoints / "step-000020.state"
    newest.write_bytes(broken(newest.read_bytes()))
    found = latest_checkpoint(run.checkpoints)
    assert found is not None
    assert found.step == 10
    (run.checkpoints / "step-000010.state").write_bytes(b"")
    assert latest_checkpoint(run.checkpoints) is None


def test_a_checkpoint_of_another_kind_is_passed_over(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    save_checkpoint(run, "<dicoo>", _state(10))
    torch.save({"step": 20}, run.checkpoints / "step-000020.state")
    found = latest_checkpoint(run.checkpoints)
    assert found is not None
    assert found.step == 10


def test_a_checkpoint_that_cannot_be_read_here_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other ranks may be able to, and all have to go on from the same step."""
    run = RunDir(tmp_path)
    save_checkpoint(run, "<dicoo>", _state(10))

    def stale(*_: object, **__: object) -> None:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(torch, "load", stale)
    with pytest.raises(OSError, match="Stale"):
        latest_checkpoint(run.checkpoints)
