"""Which pictures of a person belong together."""

import pytest

from bot.asks import FileInfo
from bot.latest_set import Posted, latest_set


def posted(*messages: tuple[float, int]) -> list[Posted]:
    """Messages of so many pictures at such times; the n-th message's are called n."""
    return [
        Posted(at, (FileInfo(id=str(number)),) * count)
        for number, (at, count) in enumerate(messages)
    ]


@pytest.mark.parametrize(
    ("messages", "chosen"),
    [
        ([], ""),
        ([(0, 1)], "0"),
        ([(0, 1), (60, 1), (120, 1), (180, 1), (300, 1), (360, 1)], "012345"),
        ([(0, 3), (60, 2)], "00011"),
        ([(0, 2), (60, 3)], "00111"),
        ([(0, 4), (121, 4)], "1111"),
        ([(0, 1), (200, 1), (300, 1)], "12"),
        ([(0, 5), (10, 5)], "11111"),
        ([(0, 5), (10, 1), (20, 1)], "12"),
        ([(0, 1), (10, 1), (20, 6)], "222222"),
    ],
    ids=[
        "nothing",
        "one",
        "one by one",
        "some, then the rest",
        "few, then the rest",
        "after a pause, another thing",
        "a pause on the way",
        "a whole set is another thing",
        "singles after a whole set",
        "a whole set after singles",
    ],
)
def test_what_belongs_together(messages: list[tuple[float, int]], chosen: str) -> None:
    assert "".join(file.id for file in latest_set(posted(*messages))) == chosen
