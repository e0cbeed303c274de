"""Keeps asks until they are dealt with: stored before they are acknowledged, replayed at start."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import aiohttp
import structlog
from pydantic import ValidationError

from backend.clock import Clock, utc_now
from backend.views import Incoming
from bot.asks import Ask
from bot.errors import BotError, BotErrorCode, SlackBusyError

_log = structlog.get_logger(__name__)

KIND = "ask"
_PAUSES = (2.0, 10.0, 30.0, 120.0, *(300.0,) * 11)
"""Between attempts while Slack cannot be reached: an hour, after which nobody waits any more."""
_LONGEST_WAIT = timedelta(hours=6)
"""What was asked for earlier is not done by surprise, in a channel that speaks of other things."""
_GRACE_SECONDS = 5.0
_AT_ONCE, _OF_ONE = 8, 3
"""Asks that are dealt with side by side; how many of them may be of one channel. Each takes its
turns of the event loop among those of the next acknowledgement: with hundreds begun at once, Slack
would wait for all of them. And each may wait for its turn to post in its channel, one a second: so
that a busy channel keeps no other waiting, it does not get all hands."""


class AskStore(Protocol):
    """What of the service keeps asks."""

    async def receive(self, incoming: Incoming) -> bool:
        """Store an ask; False if it was stored before."""

    async def settle(self, event_id: str) -> None:
        """Mark an ask as dealt with."""


class Clerk(Protocol):
    """Who deals with asks."""

    async def serve(self, ask: Ask, again: bool) -> None:
        """Do what is asked."""

    async def complain(self, ask: Ask, error: Exception) -> None:
        """Say why it was not done."""


@dataclass(slots=True)
class _Queue:
    """The asks of one channel that are dealt with, or wait for that."""

    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_OF_ONE))
    asks: int = 0


class Inbox:
    """Takes asks in and has each dealt with once, in the background."""

    def __init__(
        self,
        store: AskStore,
        clerk: Clerk,
        clock: Clock = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._clerk = clerk
        self._now = clock
        self._sleep = sleep
        self._work: set[asyncio.Task[None]] = set()
        self._hands = asyncio.Semaphore(_AT_ONCE)
        self._queues: dict[tuple[str, str], _Queue] = {}

    async def receive(self, ask: Ask) -> bool:
        """Store an ask, so that it may be acknowledged; False for a duplicate."""
        return await self._store.receive(
            Incoming(ask.event_id, KIND, ask.model_dump(mode="json"), self._now())
        )

    def begin(self, ask: Ask, again: bool = False) -> None:
        """Deal with a stored ask in the background."""
        self._begin(ask, again, None)

    def _begin(self, ask: Ask, again: bool, refusal: BotError | None) -> None:
        task = asyncio.create_task(self._deal_with(ask, again, refusal), name=f"ask {ask.event_id}")
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def replay(self, rows: Sequence[Incoming]) -> None:
        """Begin what an earlier process left behind; say of what is old that it was left undone."""
        for row in rows:
            if row.kind != KIND:
                continue
            try:
                ask = Ask.model_validate(row.body)
            except ValidationError:
                _log.exception("ask_not_readable", ask=row.event_id)
                await self._store.settle(row.event_id)
                continue
            is_old = self._now() - row.received_at > _LONGEST_WAIT
            self._begin(ask, again=True, refusal=_too_late() if is_old else None)

    async def idle(self) -> None:
        """Wait until everything that was begun has ended."""
        while self._work:
            await asyncio.gather(*self._work, return_exceptions=True)

    async def stop(self) -> None:
        """Let work come to its end for a moment; what is cut off is replayed at the next start."""
        if self._work:
            await asyncio.wait(self._work, timeout=_GRACE_SECONDS)
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _deal_with(self, ask: Ask, again: bool, refusal: BotError | None) -> None:
        for pause in (*_PAUSES, None):
            try:
                async with self._turn_of(ask), self._hands:
                    await self._try(ask, again, refusal)
            except SlackBusyError as busy:
                await self._sleep(busy.retry_after)
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                _log.warning("slack_not_reached", ask=ask.event_id, error=repr(error))
                if pause is not None:
                    await self._sleep(pause)
            else:
                await self._store.settle(ask.event_id)
                return
            again = True
        _log.error("ask_postponed", ask=ask.event_id)

    @asynccontextmanager
    async def _turn_of(self, ask: Ask) -> AsyncIterator[None]:
        """Wait until it is the turn of an ask in its channel; outside of any, its person's."""
        key = ask.workspace, ask.channel or ask.user
        queue = self._queues.setdefault(key, _Queue())
        queue.asks += 1
        try:
            async with queue.turns:
                yield
        finally:
            queue.asks -= 1
            if not queue.asks:
                del self._queues[key]

    async def _try(self, ask: Ask, again: bool, refusal: BotError | None) -> None:
        if refusal is not None:
            await self._complain(ask, refusal)
            return
        try:
            await self._clerk.serve(ask, again)
        except (SlackBusyError, aiohttp.ClientError, TimeoutError, ConnectionError):
            raise
        except Exception as error:
            await self._complain(ask, error)

    async def _complain(self, ask: Ask, error: Exception) -> None:
        try:
            await self._clerk.complain(ask, error)
        except (SlackBusyError, aiohttp.ClientError, TimeoutError, ConnectionError):
            raise
        except Exception:
            # Nobody can be told: the channel is gone, or the bot was removed from it.
            _log.exception("complaint_not_told", ask=ask.event_id)


def _too_late() -> BotError:
    return BotError(
        BotErrorCode.TOO_LATE,
        "I was away when you asked for this, and much time has passed since.",
        "Ask again if you still want it.",
    )
