"""What somebody wants to cancel."""

import pytest

from backend.views import QueueView
from bot.errors import BotError, BotErrorCode
from bot.lookup import find_open
from tests.unit.bot.made import make_job, make_render

QUEUE = QueueView(
    (make_job(id="abcd1" + "0" * 27), make_job(id="abcd2" + "0" * 27, token="<flip>")),
    (make_render(id="ef01" + "0" * 28),),
)


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("abcd1", "abcd1" + "0" * 27),
        ("`EF01`", "ef01" + "0" * 28),
        ("<flip>", "abcd2" + "0" * 27),
        ("flip", "abcd2" + "0" * 27),
        ("9" * 32, "9" * 32),
    ],
)
def test_by_id_by_its_beginning_or_by_token(what: str, found: str) -> None:
    assert find_open(what, QUEUE) == found


@pytest.mark.parametrize("what", ["abcd", "abc", "<gone>", "not a name", ""])
def test_what_is_not_there_or_not_clear(what: str) -> None:
    with pytest.raises(BotError) as refused:
        find_open(what, QUEUE)
    assert refused.value.code is BotErrorCode.NO_MATCH
