"""Pages of messages, where Slack lets few be read."""

from typing import Any

import pytest

from bot.budget import Budget
from bot.calls import Calls
from bot.errors import SlackBusyError
from bot.slack_web import SlackWeb
from tests.fakes import FakeSlack, slack_error


async def one_page(cursor: str | None) -> Any:
    """What Slack gives those who may read a page a minute."""
    if cursor is not None:
        raise slack_error("ratelimited", 60)
    return {"messages": [{"ts": "2.0"}, {"ts": "1.0"}], "response_metadata": {"next_cursor": "2"}}


async def test_what_was_read_before_a_long_pause_counts_where_a_part_will_do() -> None:
    pages = SlackWeb(Budget({})).pages("conversations.history", "C1", one_page, in_part=True)
    assert [one["ts"] async for one in pages] == ["2.0", "1.0"]


async def test_otherwise_the_pause_is_the_callers_to_plan_for() -> None:
    pages = SlackWeb(Budget({})).pages("conversations.history", "C1", one_page)
    with pytest.raises(SlackBusyError, match="60"):
        assert [one async for one in pages] == []


async def test_where_nothing_was_read_yet_nothing_is_made_of_it() -> None:
    async def no_page(_: str | None) -> Any:
        raise slack_error("ratelimited", 60)

    pages = SlackWeb(Budget({})).pages("conversations.history", "C1", no_page, in_part=True)
    with pytest.raises(SlackBusyError):
        assert [one async for one in pages] == []


async def test_a_message_of_ours_is_looked_for_in_a_thread_from_its_time_on(
    calls: Calls, slack: FakeSlack
) -> None:
    asked: list[dict[str, Any]] = []

    async def replies(**sent: Any) -> dict[str, Any]:
        asked.append(sent)
        return {"messages": []}

    slack.conversations_replies = replies  # type: ignore[method-assign]
    assert await calls.posted("C1", "1000.0", "key", 1700.5) is None
    assert [one["oldest"] for one in asked] == ["1700.500000"]
