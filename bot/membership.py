"""Whether the bot is in a channel: asked before work begins that is to be shown there."""

from typing import TypeGuard

from bot.asks import Ask, Origin
from bot.calls import Calls
from bot.errors import BotError, BotErrorCode


def is_outside(error: Exception) -> TypeGuard[BotError]:
    """Tell whether an error says that the bot is not in a channel."""
    return isinstance(error, BotError) and error.code is BotErrorCode.NOT_IN_CHANNEL


async def check_member(calls: Calls, channel: str, at: float) -> None:
    """Refuse a channel that the bot is not in; raises BotError (not_in_channel).

    Slack says so when it is asked for any moment of the channel's past.
    """
    try:
        await calls.history(channel, at, at)
    except BotError as error:
        # Without the permission to read one can be a member, and post, all the same.
        if error.code is not BotErrorCode.MISSING_SCOPE:
            raise


async def check_card_channel(calls: Calls, ask: Ask) -> None:
    """Refuse a job whose card nobody would see; raises BotError (not_in_channel).

    Who mentions the bot is heard because it is there, and outside of channels it writes directly.
    """
    if ask.origin is Origin.MENTION or not ask.channel:
        return
    try:
        await check_member(calls, ask.channel, ask.at.timestamp())
    except BotError as error:
        if ask.origin is not Origin.FORM or not is_outside(error):
            raise
        raise BotError(
            BotErrorCode.NOT_IN_CHANNEL,
            "I am not a member of the channel that you chose.",
            "Invite me there with `/invite @figment`, or choose another one.",
            case="chosen",
        ) from error
