"""Whether the bot is in a channel, as far as it matters."""

import pytest

from bot.asks import Ask, Origin
from bot.calls import Calls
from bot.errors import BotError, BotErrorCode
from bot.membership import check_card_channel, is_outside
from tests.fakes import FakeSlack, slack_error
from tests.unit.bot.made import NOW

HISTORY = "conversations.history"


def ask(origin: Origin, channel: str = "C1") -> Ask:
    return Ask(event_id="e", origin=origin, workspace="T1", user="U1", channel=channel, at=NOW)


@pytest.mark.parametrize(
    ("origin", "case"), [(Origin.FORM, "chosen"), (Origin.COMMAND, ""), (Origin.BUTTON, "")]
)
@pytest.mark.parametrize("said", ["not_in_channel", "channel_not_found"])
async def test_a_job_whose_card_nobody_would_see_is_refused(
    slack: FakeSlack, calls: Calls, origin: Origin, case: str, said: str
) -> None:
    slack.troubles[HISTORY].append(slack_error(said))
    with pytest.raises(BotError) as refused:
        await check_card_channel(calls, ask(origin))
    assert is_outside(refused.value)
    assert refused.value.case == case


@pytest.mark.parametrize("asked", [ask(Origin.MENTION), ask(Origin.FORM, "")])
async def test_where_it_is_known_slack_is_not_asked(
    slack: FakeSlack, calls: Calls, asked: Ask
) -> None:
    await check_card_channel(calls, asked)
    assert slack.calls == []


async def test_who_may_not_look_may_post_all_the_same(slack: FakeSlack, calls: Calls) -> None:
    slack.troubles[HISTORY].append(slack_error("missing_scope"))
    await check_card_channel(calls, ask(Origin.FORM))
    assert slack.calls == [HISTORY]


async def test_other_trouble_is_not_taken_for_an_answer(slack: FakeSlack, calls: Calls) -> None:
    slack.troubles[HISTORY].append(slack_error("invalid_auth"))
    with pytest.raises(BotError) as refused:
        await check_card_channel(calls, ask(Origin.FORM))
    assert refused.value.code is BotErrorCode.TOKEN_REFUSED
