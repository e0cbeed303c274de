"""Permissions that the app was installed without: which, and what to do about it. Pure."""

from collections.abc import Collection

from bot.errors import BotError, BotErrorCode
from bot.manifest import bot_scopes
from cluster.told import AnyOf

_WHAT_TO_DO = (
    "Whoever installed it adds it under OAuth & Permissions and reinstalls the app; "
    "`figment manifest` prints all that it needs."
)
CARD_SCOPES = ("chat:write",)
"""Without these nobody would see how a training goes: it is not begun."""
PICTURES_SCOPES = ("chat:write", "files:read", "files:write")
"""Without these nobody would see the pictures: they are not drawn."""


def lacking(scopes: Collection[str]) -> BotError:
    """Return what is said when any of these scopes would have been enough."""
    named = " or ".join(sorted(scopes))
    return BotError(
        BotErrorCode.MISSING_SCOPE,
        f"Figment lacks the permission {named}.",
        _WHAT_TO_DO,
        facts={"scopes": AnyOf(tuple(sorted(scopes)))},
    )


def needed_of_ours(needed: str, provided: str) -> tuple[str, ...]:
    """Return which scope to add, from Slack's answer `missing_scope`.

    Slack names every scope that would do, among them older and wider ones; ours are enough.
    """
    wanted = [one.strip() for one in needed.split(",") if one.strip()]
    there = {one.strip() for one in provided.split(",")}
    ours = tuple(one for one in wanted if one in bot_scopes() and one not in there)
    return ours or tuple(wanted)


def not_granted(granted: Collection[str]) -> tuple[str, ...]:
    """Return what the manifest asks for beyond what was granted."""
    return tuple(one for one in bot_scopes() if one not in granted)
