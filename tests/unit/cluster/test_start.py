"""The start of a run: words near the given one, and the one that explains the pictures best."""

from pathlib import Path

import pytest
import torch

from cluster.start import choose_start, words_near
from demo.house import MODEL
from tests.run_here import prepared_run, trainer_of


def test_the_given_word_is_the_first_and_all_are_words(tiny_base: Path, tmp_path: Path) -> None:
    concept = trainer_of(prepared_run(tmp_path, tiny_base)).concept
    table = concept.encoder.get_input_embeddings().weight
    words = words_near(concept.tokenizer, table, "Duck ", 12)
    assert words[0] == "duck"
    assert len(set(words)) == len(words) == 12
    assert all(len(concept.tokenizer(w, add_special_tokens=False).input_ids) == 1 for w in words)


@pytest.mark.slow
def test_a_better_word_is_started_from(tmp_path: Path) -> None:
    """The pictures show robots, whatever the person says that they show."""
    run = prepared_run(tmp_path, MODEL, initializer="teapot", vectors=2, choose_start=True)
    trainer = trainer_of(run)
    assert trainer.starting is not None
    start = choose_start(
        trainer.concept,
        trainer.denoiser,
        trainer.starting,
        "teapot",
        batch_size=8,
        world_size=1,
        reduce=lambda sums: sums,
    )
    assert start.word != "teapot"
    word = trainer.concept.tokenizer(start.word, add_special_tokens=False).input_ids[0]
    row = trainer.concept.encoder.get_input_embeddings().weight[word]
    assert torch.equal(trainer.concept.rows, row.expand(2, -1))


@pytest.mark.slow
def test_the_result_says_where_it_started(tiny_base: Path, tmp_path: Path) -> None:
    kept = trainer_of(prepared_run(tmp_path / "a", tiny_base, choose_start=False)).train()
    assert kept.start_word == "duck"
    assert kept.initial_eval_loss >= kept.best_eval_loss


def test_one_picture_of_five_is_only_measured_on(tiny_base: Path, tmp_path: Path) -> None:
    five = trainer_of(prepared_run(tmp_path / "a", tiny_base, choose_start=True))
    assert five.starting is not None
    assert len(five.pictures) == 8  # four and their mirror images
    assert not any(
        torch.allclose(five.evaluation.latents[0], one, atol=0.5) for one in five.starting.latents
    )
    assert len(trainer_of(prepared_run(tmp_path / "b", tiny_base, hold_back=False)).pictures) == 10
    assert len(trainer_of(prepared_run(tmp_path / "c", tiny_base, pictures=4)).pictures) == 8
