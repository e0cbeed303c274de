from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.toybox.evaluate import Evaluation, evaluate, evaluation_toys, tally, wilson
from demo.toybox.grammar import Caption
from demo.toybox.model_card import write_card
from demo.toybox.toy import Colour, Kind, Place


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    # Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_the_published_ones(
    right: int, of: int, low: float, high: float
) -> None:
    rate = wilson(right, of)
    assert (rate.low, rate.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(rate: tuple[int, int]) -> None:
    found = wilson(*rate)
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_only_answers_that_agree_count() -> None:
    said = [Caption(Kind.CAR, Colour.RED, None, Place.SEA)] * 4
    answers = tally(
        said,
        [Kind.CAR, Kind.CAR, Kind.DUCK, Kind.CAR],
        [Colour.RED, Colour.PINK, Colour.PINK, Colour.PINK],
        [Place.SNOW] * 4,
    )
    assert (answers.kind.right, answers.colour.right, answers.place.right) == (3, 1, 0)
    assert {answers.kind.of, answers.colour.of, answers.place.of} == {4}


def test_every_word_is_asked_for_equally_often() -> None:
    toys = evaluation_toys(200)
    assert len(toys) == 200
    for words in (
        [t.kind for t, _ in toys],
        [t.colour for t, _ in toys],
        [p for _, p in toys],
    ):
        counts = Counter(words).values()
        assert max(counts) - min(counts) <= 1
    assert all(toy.nameable for toy, _ in toys)


@pytest.mark.slow
def test_an_evaluation_and_its_card(tiny_base: Path) -> None:
    result = evaluate(tiny_base, 2)
    assert Evaluation.model_validate_json(result.model_dump_json()) == result
    assert {result.drawn.kind.of, result.real.place.of} == {2}
    card = write_card(result)
    assert result.base_hash in card
    assert f"| kind | 12 | 8.3% | {result.drawn.kind.share:.1%} (" in card
    assert "$" not in card
