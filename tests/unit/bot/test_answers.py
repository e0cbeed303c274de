"""What is for one person's eyes only is said where that person sees it."""

from typing import Any, cast

import pytest

from bot.answers import Answers
from bot.asks import Ask, Origin
from bot.blocks.kit import Mrkdwn
from bot.calls import Calls
from bot.languages import Languages
from bot.standings import Standings
from tests.fakes import FakeDebts
from tests.unit.bot.made import EN, NOW, SENTENCES

ROOT, REPLY = "1.0", "2.0"


class Slack:
    """Remembers in which threads something was whispered."""

    def __init__(self) -> None:
        self.threads: list[str | None] = []

    async def whisper(self, *said: Any) -> None:
        *_, thread = said
        self.threads.append(thread)


@pytest.mark.parametrize(
    ("origin", "thread", "message", "seen_in"),
    [
        (Origin.MENTION, ROOT, ROOT, None),
        (Origin.MENTION, ROOT, REPLY, ROOT),
        (Origin.FORM, ROOT, ROOT, None),
        (Origin.FORM, ROOT, REPLY, ROOT),
        (Origin.FORM, ROOT, None, None),
        (Origin.FORM, None, ROOT, None),
        (Origin.BUTTON, None, ROOT, None),
        (Origin.BUTTON, ROOT, REPLY, ROOT),
    ],
)
async def test_nothing_is_whispered_into_a_thread_without_replies(
    debts: FakeDebts, origin: Origin, thread: str | None, message: str | None, seen_in: str | None
) -> None:
    slack = Slack()
    people = cast("Standings", None)
    answers = Answers(cast("Calls", slack), debts, Languages(SENTENCES, EN, people))
    ask = Ask(
        event_id="e",
        origin=origin,
        workspace="T1",
        user="U1",
        channel="C1",
        at=NOW,
        thread=thread,
        message=message,
    )
    await answers.tell_alone(ask, Mrkdwn("for you"))
    assert slack.threads == [seen_in]
