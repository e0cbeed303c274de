"""Ranks from variables, words from vocabularies, and when a curve is flat."""

import math
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.errors import LaunchError
from cluster.rank import read_rank
from cluster.stopping import flattened
from cluster.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, (0, 1, 0, 8, True)),
        (
            {"PMI_RANK": "3", "PMI_SIZE": "4", "MPI_LOCALRANKID": "1", "OMP_NUM_THREADS": "28"},
            (3, 4, 1, 28, False),
        ),
        ({"RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1"}, (1, 2, 1, 8, False)),
        ({"PMI_RANK": "0", "PMI_SIZE": "2", "RANK": "9", "WORLD_SIZE": "1"}, (0, 2, 0, 8, True)),
        ({"PMI_RANK": "1", "PMI_SIZE": "4", "MPI_LOCALNRANKS": "3"}, (1, 4, 0, 2, False)),
    ],
)
def test_a_rank_is_who_its_launcher_says(
    environ: dict[str, str],
    expected: tuple[int, int, int, int, bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    rank = read_rank(environ)
    assert (rank.number, rank.size, rank.local, rank.threads, rank.main) == expected
    assert rank.host


def test_a_rank_that_is_pinned_uses_the_cores_it_was_pinned_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {4, 5, 6})
    assert read_rank({"MPI_LOCALNRANKS": "2"}).threads == 3
    assert read_rank({"MPI_LOCALNRANKS": "2", "OMP_NUM_THREADS": "5"}).threads == 5


@pytest.mark.parametrize(
    "environ",
    [{"RANK": "x"}, {"RANK": "2", "WORLD_SIZE": "2"}, {"RANK": "-1"}, {"OMP_NUM_THREADS": ""}],
)
def test_a_rank_that_cannot_be_is_an_error(environ: dict[str, str]) -> None:
    with pytest.raises(LaunchError) as caught:
        read_rank(environ)
    assert caught.value.code == "bad_rank"


def test_words_are_single_tokens_or_have_near_ones(paper_base: Path) -> None:
    words = Vocabulary.load(paper_base)
    assert words.single_token(" ROBOT ") == words.ids["robot</w>"]
    assert words.single_token("robots") is None
    assert words.single_token("robot</w>") is None
    assert words.single_token("") is None
    assert words.nearest("robott")[0] == "robot"
    assert words.nearest("yellow-robot")[:2] == ("yellow", "robot")
    assert words.nearest("qqqqqqqq") == ()
    assert len(words.nearest("a toy robot dog cat", n=3)) == 3


def _curve(points: int, pace: float, noise: float = 0.0, seed: int = 1) -> list[float]:
    draw = random.Random(seed)
    return [0.3 + 0.2 * math.exp(-n / pace) + noise * draw.gauss(0, 1) for n in range(points)]


def test_no_run_is_stopped_before_its_eighth_measurement() -> None:
    for points in range(8):
        assert not flattened([0.5] * points)


def test_a_curve_that_fell_and_lies_is_flat() -> None:
    assert flattened(_curve(40, pace=3))
    assert flattened(_curve(40, pace=3, noise=0.002))
    assert flattened([0.5] * 8)


def test_a_curve_that_still_falls_is_not_flat() -> None:
    assert not flattened(_curve(12, pace=12))
    assert not flattened([1 - n / 20 for n in range(20)])


def test_a_curve_that_swings_as_much_as_ever_is_not_flat() -> None:
    assert not flattened([0.5 + 0.1 * (-1) ** n for n in range(20)])


_CURVES = st.lists(st.integers(1, 100), min_size=0, max_size=40)


@given(st.lists(st.integers(1, 100), max_size=7))
def test_no_curve_is_stopped_early(curve: list[int]) -> None:
    assert not flattened([float(point) for point in curve])


@given(_CURVES, st.integers(0, 40))
def test_every_curve_that_lies_still_is_stopped_in_the_end(curve: list[int], level: int) -> None:
    # However it began: once its still part is long, it is flat, and it stays so.
    still = [float(level)] * (4 * len(curve) + 8)
    assert flattened([float(point) for point in curve] + still)
    assert flattened([float(point) for point in curve] + still * 2)


@given(st.lists(st.integers(1, 50), min_size=8, max_size=40))
def test_no_curve_that_falls_as_fast_as_ever_is_stopped(drops: list[int]) -> None:
    # Every point is below all before it, and the second half falls as much as the first.
    curve = [float(sum(drops) * 2)]
    for drop in [*drops, *drops]:
        curve.append(curve[-1] - drop)
    assert not flattened(curve)


@given(_CURVES, st.integers(-1000, 1000))
def test_only_differences_of_the_loss_matter(curve: list[int], shift: int) -> None:
    # Eighths are exact in floats.
    assert flattened([p / 8 for p in curve]) == flattened([p / 8 + shift for p in curve])


@given(st.lists(st.integers(1, 100), min_size=8, max_size=30))
def test_the_scale_of_the_loss_does_not_matter(curve: list[int]) -> None:
    # Powers of two scale floats exactly.
    assert flattened([point / 128 for point in curve]) == flattened([2.0 * p for p in curve])
