"""What is for one person's eyes only is said where that person sees it."""

from typing import Any, cast

import pytest

from bot.answers import Answers
from bot.asks import Ask, Origin
from bot.blocks.kit import Mrkdwn, section
from bot.calls import Calls
from bot.languages import Languages
from bot.standings import Standings
from tests.fakes import FakeDebts, FakeSlack
from tests.unit.bot.made import EN, NOW, SENTENCES

ROOT, REPLY = "1.0", "2.0"
LANGUAGES = Languages(SENTENCES, EN, cast("Standings", None))
ASK = Ask(event_id="e", origin=Origin.FORM, workspace="T1", user="U1", channel="C1", at=NOW)


async def test_an_answer_that_slack_may_have_got_is_looked_for_before_it_is_given_again(
    debts: FakeDebts, slack: FakeSlack, calls: Calls
) -> None:
    answers = Answers(calls, debts, LANGUAGES)
    ask = ASK.model_copy(update={"origin": Origin.MENTION, "thread": ROOT, "message": ROOT})
    slack.lost_answers.add("chat.postMessage")
    with pytest.raises(TimeoutError):
        await answers.tell(ask, Mrkdwn("for all"), [section(Mrkdwn("for all"))])
    after_a_restart = Answers(calls, debts, LANGUAGES)
    for one in (answers, after_a_restart):
        one.look_first(ask)
        await one.tell(ask, Mrkdwn("for all"), [section(Mrkdwn("for all"))])
    assert len(slack.messages) == 1


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
    answers = Answers(cast("Calls", slack), debts, LANGUAGES)
    ask = ASK.model_copy(update={"origin": origin, "thread": thread, "message": message})
    await answers.tell_alone(ask, Mrkdwn("for you"))
    assert slack.threads == [seen_in]
