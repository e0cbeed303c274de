"""What Slack's own names of errors mean to people. Pure, except that a missing scope is logged."""

from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.errors import BotError, BotErrorCode, SlackBusyError
from bot.scopes import lacking, needed_of_ours

_log = structlog.get_logger(__name__)

_MISSING_SCOPE = "missing_scope"
_PASSING = (
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "ratelimited",
    "team_added_to_org",
)
_GONE_MESSAGES = ("message_not_found", "cant_update_message", "edit_window_closed")
_GONE_FILES = ("file_not_found", "file_deleted")
_BAD_BLOCKS = ("invalid_blocks", "invalid_arguments")
_MEANINGS = {
    "not_in_channel": BotErrorCode.NOT_IN_CHANNEL,
    "channel_not_found": BotErrorCode.NOT_IN_CHANNEL,
    "invalid_auth": BotErrorCode.TOKEN_REFUSED,
    "not_authed": BotErrorCode.TOKEN_REFUSED,
    "account_inactive": BotErrorCode.TOKEN_REFUSED,
    "token_revoked": BotErrorCode.TOKEN_REFUSED,
}
_MEANINGS_FOR_PEOPLE = {
    "is_archived": BotErrorCode.CHANNEL_CLOSED,
    "restricted_action": BotErrorCode.CHANNEL_CLOSED,
    "expired_trigger_id": BotErrorCode.FORM_TOO_LATE,
    "exchanged_trigger_id": BotErrorCode.FORM_TOO_LATE,
}
"""To the bot itself these are no different from others that it has no words for."""
_RESTRICTED = "restricted_action_"
"""How the names begin of what is restricted in a channel or thread: there are five by now."""
_NOT_THERE = ("hash_conflict", "not_found")
_SENTENCES = {
    BotErrorCode.CHANNEL_CLOSED: (
        "I may not post in this channel: it is archived, or only some may post in it.",
        "Ask in another channel, or write to me directly.",
    ),
    BotErrorCode.FORM_TOO_LATE: (
        "That took longer than Slack waits with a form.",
        "Please try again.",
    ),
    BotErrorCode.SLACK_BUSY: (
        "Slack takes nothing more from me at this moment.",
        "Please try again in a minute.",
    ),
    BotErrorCode.NOT_IN_CHANNEL: (
        "I am not a member of this channel.",
        "Invite me with `/invite @figment`, then ask again. Where nobody can be invited, "
        "write to me directly.",
    ),
    BotErrorCode.TOKEN_REFUSED: (
        "Slack does not accept the bot's token.",
        "Copy the bot token from the app's page again and set SLACK_BOT_TOKEN.",
    ),
}


def unreachable(error: Exception) -> BotError:
    """Return what is said when Slack gives no answer at all."""
    return BotError(
        BotErrorCode.SLACK_UNREACHABLE,
        f"Slack cannot be reached: {error or type(error).__name__}.",
        "See the network and proxy of this machine, and SLACK_API_URL if it is set.",
    )


def error_code(error: SlackApiError) -> str:
    """Return Slack's own name of what went wrong."""
    answer: Any = error.response
    return str(answer.get("error", ""))


def message_is_gone(error: SlackApiError) -> bool:
    """Tell whether a message of ours is there no more, or cannot be changed any more."""
    return error_code(error) in _GONE_MESSAGES


def file_is_gone(error: SlackApiError) -> bool:
    """Tell whether a file is there no more."""
    return error_code(error) in _GONE_FILES


def passes(error: SlackApiError) -> bool:
    """Tell whether Slack may well do later what it refused now."""
    return error_code(error) in _PASSING


def shows_lost_picture(error: SlackApiError) -> bool:
    """Tell whether Slack may have refused blocks because a picture in them is there no more.

    It does not say so in its name for it, in which all faults of blocks are alike.
    """
    return error_code(error) in _BAD_BLOCKS


def is_outdated(error: SlackApiError) -> bool:
    """Tell whether a view was changed or closed before it could be replaced."""
    return error_code(error) in _NOT_THERE


def is_refused(error: Exception) -> bool:
    """Tell whether Slack did not accept the token itself."""
    return isinstance(error, BotError) and error.code is BotErrorCode.TOKEN_REFUSED


def translated(method: str, error: SlackApiError) -> Exception:
    """Return our error for what Slack refused, or `error` itself where we have no words for it."""
    code = error_code(error)
    if code == _MISSING_SCOPE:
        answer: Any = error.response
        needed = needed_of_ours(answer.get("needed") or "", answer.get("provided") or "")
        _log.warning("scope_missing", scope=",".join(needed), method=method)
        return lacking(needed)
    meaning = _MEANINGS.get(code)
    return error if meaning is None else _said(meaning)


def for_people(error: Exception) -> Exception:
    """Return what somebody is told of an error: Slack's ordinary refusals are no mistakes of ours.

    What has no meaning for them is returned as it is.
    """
    if isinstance(error, SlackBusyError | aiohttp.ClientError | TimeoutError):
        return _said(BotErrorCode.SLACK_BUSY)
    if not isinstance(error, SlackApiError):
        return error
    code = error_code(error)
    if code.startswith(_RESTRICTED):
        return _said(BotErrorCode.CHANNEL_CLOSED)
    meaning = _MEANINGS_FOR_PEOPLE.get(code)
    return error if meaning is None else _said(meaning)


def _said(meaning: BotErrorCode) -> BotError:
    return BotError(meaning, *_SENTENCES[meaning])
