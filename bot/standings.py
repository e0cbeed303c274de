"""What Slack knows of people: their part in a workspace, and their language."""

import time
from collections.abc import Callable
from dataclasses import replace

from backend.people import Asker, Person, Standing
from bot.asks import Ask, Payload, is_direct
from bot.calls import Calls

_FRESH_SECONDS = 300.0
_MOST = 5000


class Standings:
    """Asks once in some minutes. Backend judges what standings allow."""

    def __init__(self, calls: Calls, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._now = clock
        self._known: dict[Person, tuple[float, Standing, str]] = {}

    async def of(self, person: Person, channel: str) -> Standing:
        """Return somebody's standing where they ask; an empty channel is none.

        Raises BotError (missing_scope) without the permission to ask: nobody is let in unseen.
        """
        standing, _ = await self._known_of(person)
        return replace(standing, is_direct=not channel or is_direct(channel))

    async def locale(self, person: Person) -> str:
        """Return the locale (`zh-CN`) that somebody chose in Slack; empty where it is not told."""
        return (await self._known_of(person))[1]

    async def _known_of(self, person: Person) -> tuple[Standing, str]:
        until, standing, locale = self._known.get(person, (0.0, None, ""))
        if standing is None or until <= self._now():
            user = await self._calls.user_info(person.user)
            standing, locale = standing_in(user, person.workspace), str(user.get("locale") or "")
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[person] = (self._now() + _FRESH_SECONDS, standing, locale)
        return standing, locale

    async def asker(self, ask: Ask) -> Asker:
        """Return who asks, with their standing."""
        return await self.asker_of(ask.person, ask.channel)

    async def asker_of(self, person: Person, channel: str = "") -> Asker:
        """Return somebody who asks in a channel."""
        return Asker(person, await self.of(person, channel), channel)


def standing_in(user: Payload, workspace: str) -> Standing:
    """Read a user object of Slack, empty for somebody it does not tell of. Pure."""
    teams = (user.get("enterprise_user") or {}).get("teams") or ()
    at_home = user.get("team_id", workspace) == workspace or workspace in teams
    return Standing(
        is_admin=any(user.get(one) for one in ("is_admin", "is_owner", "is_primary_owner")),
        is_guest=any(user.get(one) for one in ("is_restricted", "is_ultra_restricted")),
        is_stranger=not user or bool(user.get("is_stranger")) or not at_home,
    )
