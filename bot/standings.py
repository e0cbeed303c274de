"""What Slack knows of people's part in a workspace, asked once in some minutes."""

import time
from collections.abc import Callable
from dataclasses import replace

from backend.people import Asker, Person, Standing
from bot.asks import Ask, Payload
from bot.calls import Calls

_FRESH_SECONDS = 300.0
_MOST = 5000


class Standings:
    """Remembers standings for a while. Backend judges what they allow."""

    def __init__(self, calls: Calls, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._now = clock
        self._known: dict[Person, tuple[float, Standing]] = {}

    async def of(self, person: Person, channel: str) -> Standing:
        """Return somebody's standing where they ask; an empty channel is none.

        Raises BotError (missing_scope) without the permission to ask: nobody is let in unseen.
        """
        until, standing = self._known.get(person, (0.0, None))
        if standing is None or until <= self._now():
            standing = standing_in(await self._calls.user_info(person.user), person.workspace)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[person] = (self._now() + _FRESH_SECONDS, standing)
        return replace(standing, is_direct=not channel or channel.startswith("D"))

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
