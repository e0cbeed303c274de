"""The reference recipe is the reference's arithmetic, and each switch of it can be turned."""

from pathlib import Path
from typing import Any

import pytest
import torch

from cluster.latents import load_pixels, picture_files
from cluster.prompts import OBJECT_TEMPLATES
from cluster.recipe import HIGHEST_RATE, REFERENCE, peak_rate, preset
from cluster.spec import Recipe, TrainSpec
from tests.reference_recipe import reference_steps
from tests.run_here import prepared_run, trainer_of

_STEPS = 20


@pytest.mark.slow
@pytest.mark.parametrize("accumulation", [1, 3])
def test_twenty_steps_agree_with_the_whole_table(
    tiny_base: Path, tmp_path: Path, accumulation: int
) -> None:
    changes: dict[str, Any] = {
        **REFERENCE,
        "batch_size": 2,
        "gradient_accumulation": accumulation,
        "max_steps": _STEPS,
        "eval_interval": _STEPS,
    }
    run = prepared_run(tmp_path, tiny_base, **changes)
    trainer = trainer_of(run)
    draws = [[trainer.draws.at(k, m) for m in range(accumulation)] for k in range(_STEPS)]
    trainer.train()
    losses, row = reference_steps(
        tiny_base,
        load_pixels(picture_files(run.images), True, torch.float32),
        OBJECT_TEMPLATES,
        draws,
        token="<dicoo>",
        initializer="duck",
        rate=2e-3 * 2 * accumulation,
    )
    assert [line.loss for line in run.progress()] == pytest.approx(losses, rel=1e-5)
    found = trainer.concept.rows[0]
    # Adam divides by the gradient's size: where an entry's is next to nothing, float noise counts.
    assert torch.allclose(found, row, rtol=1e-3, atol=2e-4)
    embeddings = trainer.concept.encoder.get_input_embeddings()
    assert isinstance(embeddings, torch.nn.Embedding)
    start = embeddings.weight[trainer.concept.known - 1]
    assert trainer.concept.table is not None
    assert torch.equal(start, trainer.concept.table[trainer.concept.known - 1])


@pytest.mark.slow
def test_only_rows_learn_exactly_as_in_the_whole_table(tiny_base: Path, tmp_path: Path) -> None:
    common = {"max_steps": 6, "choose_start": False, "keep_best": False}
    rows = []
    for whole in (False, True):
        run = prepared_run(tmp_path / str(whole), tiny_base, whole_table=whole, **common)
        trainer = trainer_of(run)
        trainer.train()
        rows.append(trainer.best_rows)
        expected = trainer.concept.parameter.numel() if whole else rows[0].numel()
        assert trainer.reduced_bytes == 4 * (expected + 2)
    assert torch.allclose(rows[0], rows[1], rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_encoding_once_gives_the_latents_of_encoding_each_step(
    tiny_base: Path, tmp_path: Path
) -> None:
    losses = []
    for each in (False, True):
        run = prepared_run(tmp_path / str(each), tiny_base, encode_each_step=each)
        trainer_of(run).train()
        losses.append([line.loss for line in run.progress()])
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_every_switch_of_the_reference_is_one_of_a_run() -> None:
    assert REFERENCE.keys() <= TrainSpec.model_fields.keys()
    usual = {name: TrainSpec.model_fields[name].default for name in REFERENCE}
    alike = {name for name, value in REFERENCE.items() if usual[name] == value}
    assert alike <= {"max_steps", "schedule", "choose_start", "sample_tempering"}
    assert preset(Recipe.REFERENCE) == REFERENCE
    assert not preset(Recipe.FIGMENT)


def test_a_scaled_rate_is_capped_but_a_chosen_one_is_not() -> None:
    assert peak_rate(2e-3, samples=16, scale=True, cap=False) == pytest.approx(3.2e-2)
    assert peak_rate(2e-3, samples=64, scale=True, cap=True) == HIGHEST_RATE
    assert peak_rate(2e-3, samples=4, scale=True, cap=True) == pytest.approx(8e-3)
    assert peak_rate(0.1, samples=16, scale=False, cap=True) == 0.1
