"""How often Slack may be called: a rate for each method, and pauses that Slack asks for."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.settings import BotSettings

_UPDATES_AT_ONCE = 5
_HOMES_A_MINUTE = 60
"""Far fewer than Slack takes (tier 4, about 100)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A call every `seconds`, after `burst` at once; counted for each channel or for all."""

    seconds: float
    burst: int = 1
    by_channel: bool = False


@dataclass(slots=True)
class _Lane:
    free_at: float = 0.0
    """When calls at the steady rate would have come this far; behind the clock while unused."""
    paused_until: float = 0.0
    queue: asyncio.Lock = field(default_factory=asyncio.Lock)
    """asyncio's locks are fair: who comes first goes first."""


class Budget:
    """Lets calls through at their rates. Methods without a rate only wait for Slack's pauses."""

    def __init__(
        self,
        rates: Mapping[str, Rate],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rates = dict(rates)
        self._clock = clock
        self._sleep = sleep
        self._lanes: dict[tuple[str, str], _Lane] = {}

    async def take(self, method: str, channel: str = "") -> None:
        """Wait until `method` may be called."""
        lane = self._lane(method, channel)
        async with lane.queue:
            while (wait := self.wait(method, channel)) > 0:
                await self._sleep(wait)
            rate = self._rates.get(method)
            if rate is not None:
                lane.free_at = max(lane.free_at, self._clock()) + rate.seconds

    def wait(self, method: str, channel: str = "") -> float:
        """Return for how many seconds `method` may not be called yet."""
        lane = self._lane(method, channel)
        rate = self._rates.get(method)
        ahead = 0.0 if rate is None else (rate.burst - 1) * rate.seconds
        return max(lane.free_at - ahead, lane.paused_until) - self._clock()

    def pause(self, method: str, channel: str, seconds: float) -> None:
        """Call `method` no more for `seconds`, as Slack asked."""
        lane = self._lane(method, channel)
        lane.paused_until = max(lane.paused_until, self._clock() + seconds)

    def _lane(self, method: str, channel: str) -> _Lane:
        rate = self._rates.get(method)
        key = (method, channel if rate is not None and rate.by_channel else "")
        return self._lanes.setdefault(key, _Lane(free_at=self._clock()))


def slack_budget(settings: BotSettings) -> Budget:
    """Return the budget of a workspace."""
    updates = settings.card_updates_per_minute
    # With those at once, no minute has more than is allowed.
    burst = max(1, min(_UPDATES_AT_ONCE, int(updates / 10)))
    return Budget(
        {
            "chat.update": Rate(60 / max(updates - burst, updates / 2), burst=burst),
            "views.publish": Rate(60 / _HOMES_A_MINUTE, burst=10),
            "chat.postMessage": Rate(1 / settings.posts_per_second, burst=3, by_channel=True),
        }
    )
