import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import CLIPTextModel

from cluster.embedding_file import EmbeddingFile
from cluster.errors import EmbeddingFileError
from cluster.vocabulary import Vocabulary
from demo.samples import held_out
from demo.toybox.scoring import bare_phrase, paired, score, share_closed

RNG = np.random.default_rng(0)
START = RNG.normal(1.0, 0.5, 400)
CAPTION = START - RNG.normal(0.1, 0.05, 400)


@given(st.floats(-2, 2))
def test_the_share_of_a_gap_closed_evenly_is_exact(share: float) -> None:
    estimate = share_closed(START, START - share * (START - CAPTION), CAPTION)
    assert estimate is not None
    assert estimate.value == pytest.approx(share, abs=1e-9)
    assert estimate.error == pytest.approx(0, abs=1e-9)


def test_no_share_without_a_gap() -> None:
    assert share_closed(START, START - 0.1, START + 0.01) is None
    assert share_closed(START, START - 0.1, START) is None


def test_the_standard_error_is_that_of_repeated_measurements() -> None:
    """The spread of shares over independent repetitions is what the error claims."""
    rng = np.random.default_rng(1)
    estimates = []
    for _ in range(500):
        start = rng.normal(1.0, 0.5, 300)
        gap = rng.normal(0.1, 0.1, 300)
        estimates.append(
            share_closed(start, start - 0.5 * gap + rng.normal(0, 0.05, 300), start - gap)
        )
    values = [e.value for e in estimates if e is not None]
    errors = [e.error for e in estimates if e is not None]
    assert len(values) == 500
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.15)


def test_paired_differences_ignore_what_both_share() -> None:
    estimate = paired(START + 100, START + 99)
    assert estimate.value == pytest.approx(1)
    assert estimate.error == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("caption", "phrase"),
    [
        ("a red robot in space", "red robot in space"),
        ("  An orange fish ", "orange fish"),
        ("red robot", "red robot"),
        ("a", "a"),
    ],
)
def test_the_article_is_the_wordings_own(caption: str, phrase: str) -> None:
    assert bare_phrase(caption) == phrase


def _row_of(base: Path, word: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    table = CLIPTextModel.from_pretrained(base, subfolder="text_encoder").get_input_embeddings()
    number = Vocabulary.load(base).single_token(word)
    assert number is not None
    row: torch.Tensor = table.weight[number].detach()
    return row.float().numpy()[None].copy()


@pytest.mark.slow
def test_rows_of_known_words_score_as_those_words(tiny_base: Path) -> None:
    pictures = held_out(3)
    known = [
        score(tiny_base, pictures, EmbeddingFile("<x>", _row_of(tiny_base, word)), "duck", said, 24)
        for word, said in (("duck", "a snail"), ("snail", "a snail"))
    ]
    same, other = known
    assert same.learned_loss == pytest.approx(same.initializer_loss, rel=1e-5)
    assert other.learned_loss == pytest.approx(other.caption_loss, rel=1e-5)
    assert same.initializer_loss == other.initializer_loss
    assert same.initializer_loss != same.caption_loss
    assert (same.pictures, same.draws, same.caption) == (3, 24, "snail")


@pytest.mark.slow
def test_several_rows_are_all_used(tiny_base: Path) -> None:
    row = _row_of(tiny_base, "duck")
    two = EmbeddingFile("<x>", np.concatenate([_row_of(tiny_base, "purple"), row]))
    result = score(tiny_base, held_out(2), two, "duck", "purple duck", 16)
    assert result.learned_loss == pytest.approx(result.caption_loss, rel=1e-5)


@pytest.mark.slow
def test_the_best_caption_is_found_when_none_is_given(tiny_base: Path) -> None:
    concept = EmbeddingFile("<x>", _row_of(tiny_base, "duck"))
    found = score(tiny_base, held_out(1), concept, "duck", None, 2)
    again = score(tiny_base, held_out(1), concept, "duck", found.caption, 2)
    assert dataclasses.replace(found) == again


@pytest.mark.slow
def test_rows_of_another_base_are_refused(tiny_base: Path) -> None:
    concept = EmbeddingFile("<x>", np.zeros((1, 768), np.float32))
    with pytest.raises(EmbeddingFileError, match="768 wide, this base's 32"):
        score(tiny_base, held_out(1), concept, "duck", "a duck", 4)
