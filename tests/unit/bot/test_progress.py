"""Bars, columns and durations."""

import pytest

from bot.blocks.progress import bar, duration, place_in_line, sparkline
from tests.unit.bot.made import EN


@pytest.mark.parametrize(
    ("part", "filled", "percent"),
    [(0, 0, "0 %"), (34, 6, "34 %"), (100, 20, "100 %"), (140, 20, "100 %"), (-3, 0, "0 %")],
)
def test_a_bar(part: float, filled: int, percent: str) -> None:
    drawn = bar(part, 100)
    assert drawn.count("\u25b0") == filled
    assert drawn.count("\u25b0") + drawn.count("\u25b1") == 20
    assert drawn.endswith(percent)


def test_a_bar_of_nothing() -> None:
    assert bar(0, 0).endswith("0 %")


def test_columns_follow_the_values() -> None:
    assert sparkline([3, 2, 1]) == "\u2588\u2585\u2581"
    assert sparkline([1, 1]) == "\u2581\u2581"
    assert sparkline([]) == ""


def test_many_values_are_thinned_out_but_end_with_the_last() -> None:
    drawn = sparkline([*range(1000, 0, -1)])
    assert len(drawn) == 24
    assert drawn[0] == "\u2588"
    assert drawn[-1] == "\u2581"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (59, "59 s"), (90, "2 min"), (3599, "1 h 0 min"), (5400, "1 h 30 min")],
)
def test_a_duration(seconds: float, said: str) -> None:
    assert duration(EN, seconds) == said


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_a_place_in_line(number: int, said: str) -> None:
    assert place_in_line(EN, number) == said


def test_counting() -> None:
    said = [EN.text("count-pictures", pictures=number) for number in (1, 0, 12000)]
    assert said == ["1 picture", "0 pictures", "12000 pictures"]
