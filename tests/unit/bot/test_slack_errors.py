"""What people are told of Slack's own refusals."""

from typing import cast

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from bot import texts
from bot.calls import Calls
from bot.errors import BotError, BotErrorCode, SlackBusyError
from bot.slack_errors import for_people, translated
from tests.fakes import FakeSlack, slack_error
from tests.unit.bot.made import EN, ZH

ORDINARY = [
    (slack_error("is_archived"), BotErrorCode.CHANNEL_CLOSED),
    (slack_error("restricted_action"), BotErrorCode.CHANNEL_CLOSED),
    (slack_error("restricted_action_thread_locked"), BotErrorCode.CHANNEL_CLOSED),
    (slack_error("expired_trigger_id"), BotErrorCode.FORM_TOO_LATE),
    (SlackBusyError(60), BotErrorCode.SLACK_BUSY),
    (aiohttp.ClientError("Slack answered 503"), BotErrorCode.SLACK_BUSY),
    (TimeoutError(), BotErrorCode.SLACK_BUSY),
]


@pytest.mark.parametrize(("error", "code"), ORDINARY)
def test_what_slack_refuses_every_day_is_said_in_words(
    error: Exception, code: BotErrorCode
) -> None:
    meant = for_people(error)
    assert isinstance(meant, BotError)
    assert meant.code is code
    assert texts.of_any(EN, meant) == f"{meant.message} {meant.hint}"
    told = texts.of_any(ZH, meant)
    assert told != texts.of_any(ZH, RuntimeError())
    assert meant.message not in told


@pytest.mark.parametrize("error", [RuntimeError("x"), slack_error("invalid_arguments")])
def test_what_is_our_mistake_stays_one(error: Exception) -> None:
    assert for_people(error) is error


def test_what_tells_delivery_that_a_channel_is_closed_stays_slacks_own() -> None:
    error = slack_error("is_archived")
    assert translated("chat.postMessage", error) is error


@pytest.mark.parametrize("code", ["hash_conflict", "not_found"])
async def test_a_form_that_was_changed_or_closed_meanwhile_is_let_be(
    calls: Calls, slack: FakeSlack, code: str
) -> None:
    slack.troubles["views.update"] = [slack_error(code)]
    await calls.update_view("V1", "1.a", cast("View", {}))
    assert slack.calls == ["views.update"]


async def test_a_form_that_slack_refuses_is_an_error(calls: Calls, slack: FakeSlack) -> None:
    slack.troubles["views.update"] = [slack_error("view_too_large")]
    with pytest.raises(SlackApiError, match="view_too_large"):
        await calls.update_view("V1", "1.a", cast("View", {}))
