"""Delivers what the outbox owes to Slack: claims, hands to whoever makes it, records."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import aiohttp
import structlog

from backend.clock import Clock, utc_now
from backend.errors import BackendError, ErrorCode
from backend.policy import LONGEST_DELIVERY_PAUSE, delivery_pause
from backend.views import Delivery, DeliveryKind
from bot.blocks.kit import Mrkdwn
from bot.calls import SLACK_FAULTS, Calls
from bot.errors import BotError, BotErrorCode, SlackBusyError
from bot.receipts import NotYetError, Receipt
from bot.rounds import Rounds

_log = structlog.get_logger(__name__)

_AT_ONCE, _OF_ONE, _AT_A_TIME = 16, 8, 4
"""How many are delivered side by side, of all workspaces; how many may be of one before it gets no
more, so that one whose limits are used up does not keep the others from their pictures; how many
are taken on at a time."""
_LEASE_SECONDS = 120.0
_LOOK_SECONDS = 0.5
_GRACE_SECONDS = 5.0

Maker = Callable[[Delivery], Awaitable[Receipt]]


class Outbox(Protocol):
    """What of the service is owed."""

    async def claim_deliveries(
        self, limit: int, lease_seconds: float, but: Collection[str] = ()
    ) -> tuple[Delivery, ...]:
        """Claim what is owed."""

    async def delivered(self, delivery_id: str, revision: int, receipt: str | None) -> None:
        """Record a delivery."""

    async def delivery_failed(
        self, delivery_id: str, error: str, retry_at: datetime | None
    ) -> None:
        """Give a delivery back."""

    async def set_delivery_aside(self, delivery_id: str, error: str) -> None:
        """Have a delivery wait until its workspace is there again."""


class Notes:
    """Delivers sentences."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Post a sentence, which is mrkdwn already."""
        place, ts = delivery.place, delivery.receipt
        if ts is None and delivery.attempt > 1:
            ts = await self._calls.posted(place.channel, place.thread, delivery.key, since=0)
        if ts is None:
            text = Mrkdwn(delivery.note or "")
            ts = await self._calls.post(place.channel, text, (), place.thread, delivery.key)
        return Receipt(delivery.revision, ts)


class Deliverer:
    """Goes on delivering until it is stopped."""

    def __init__(
        self, outbox: Outbox, makers: Mapping[DeliveryKind, Maker], clock: Clock = utc_now
    ) -> None:
        self._outbox = outbox
        self._makers = dict(makers)
        self._now = clock
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._workspaces: dict[str, str] = {}
        self._rounds = Rounds("deliveries", self._next_round, _LOOK_SECONDS)

    def start(self) -> None:
        """Begin; returns at once."""
        self._rounds.start()

    async def stop(self) -> None:
        """End; what is being delivered has a moment to finish, the rest is claimed again later."""
        await self._rounds.stop()
        tasks = set(self._in_hand.values())
        if tasks:
            await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def round(self) -> int:
        """Claim what can be worked on now and begin with it; return how much."""
        room = min(_AT_ONCE - len(self._in_hand), _AT_A_TIME)
        if room <= 0:
            return 0
        held = Counter(self._workspaces.values())
        busy = [workspace for workspace, number in held.items() if number >= _OF_ONE]
        claimed = await self._outbox.claim_deliveries(room, _LEASE_SECONDS, busy)
        # A lease that ran out while we still wait for Slack's limits is no second delivery.
        new = [one for one in claimed if one.id not in self._in_hand]
        for delivery in new:
            task = asyncio.create_task(self._deliver(delivery), name=f"deliver {delivery.key}")
            self._in_hand[delivery.id] = task
            self._workspaces[delivery.id] = delivery.place.workspace
            task.add_done_callback(partial(self._put_down, delivery.id))
        return len(new)

    def _put_down(self, delivery_id: str, _: asyncio.Task[None]) -> None:
        self._in_hand.pop(delivery_id, None)
        self._workspaces.pop(delivery_id, None)

    async def idle(self) -> None:
        """Wait until everything that was begun has ended."""
        while self._in_hand:
            await asyncio.gather(*self._in_hand.values(), return_exceptions=True)

    async def _next_round(self) -> float:
        return 0 if await self.round() else _LOOK_SECONDS

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            receipt = await self._makers[delivery.kind](delivery)
        except SlackBusyError as busy:
            await self._give_back(delivery, str(busy), busy.retry_after)
        except NotYetError as later:
            await self._give_back(delivery, str(later), later.seconds)
        except BackendError as error:
            if error.code is ErrorCode.NOT_FOUND:
                # What it was about was deleted: nobody waits for it.
                await self._outbox.delivered(delivery.id, delivery.revision, None)
            else:
                await self._fail(delivery, error)
        except SLACK_FAULTS as error:
            if isinstance(error, BotError) and error.code is BotErrorCode.NOT_INSTALLED:
                await self._outbox.set_delivery_aside(delivery.id, error.message)
            else:
                await self._fail(delivery, error)
        except Exception as error:
            _log.exception("delivery_broken", key=delivery.key)
            await self._fail(delivery, error)
        else:
            await self._outbox.delivered(delivery.id, receipt.revision, receipt.ts)

    async def _give_back(self, delivery: Delivery, why: str, seconds: float) -> None:
        await self._outbox.delivery_failed(
            delivery.id, why, self._now() + timedelta(seconds=seconds)
        )

    async def _fail(self, delivery: Delivery, error: Exception) -> None:
        told = {
            "key": delivery.key,
            "attempt": delivery.attempt,
            "error": str(error) or repr(error),
        }
        if delivery_pause(delivery.attempt) is not None:
            _log.warning("not_delivered", **told)
            await self._outbox.delivery_failed(delivery.id, str(error), None)
        elif _passes(error):
            # However long Slack is away, people get what they are owed once it is back.
            _log.warning("not_delivered", **told)
            await self._give_back(delivery, str(error), LONGEST_DELIVERY_PAUSE.total_seconds())
        else:
            _log.error("delivery_given_up", **told)
            await self._outbox.delivery_failed(delivery.id, str(error), None)


def _passes(error: Exception) -> bool:
    """Tell whether something is the fault of the line, of Slack or of a token, of no delivery."""
    if isinstance(error, BotError):
        return error.code in (BotErrorCode.TOKEN_REFUSED, BotErrorCode.SLACK_UNREACHABLE)
    return isinstance(error, aiohttp.ClientError | TimeoutError | ConnectionError)
