"""The claims that a worker holds while it draws: kept, told about, and given back at the end."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from backend.claims import PictureClaim
from backend.clock import Clock
from backend.store import Store

_log = structlog.get_logger(__name__)

_LONGEST_PAUSE = 2.0
"""Seconds until a worker sees that a render was cancelled, and is between two steps; and between
two notes of how far its pictures are."""
_RENEWALS_A_LEASE = 4


class HeldClaims:
    """Keeps the leases of one batch at a time alive.

    A database that cannot be reached is waited for as long as the leases may last. Which error
    says so depends on its driver, so any is taken for it, and logged. Once `leaving` is set
    nothing is wanted any more.
    """

    def __init__(self, store: Store, lease: timedelta, clock: Clock) -> None:
        self._store = store
        self._lease = lease
        self._clock = clock
        self._pause = min(lease.total_seconds() / _RENEWALS_A_LEASE, _LONGEST_PAUSE)
        self._tickets: frozenset[str] = frozenset()
        self._step = 0
        self.leaving = threading.Event()

    def __contains__(self, claim: PictureClaim) -> bool:
        """Tell whether a claim still holds, as far as we know."""
        return claim.ticket in self._tickets

    @asynccontextmanager
    async def hold(self, claims: Sequence[PictureClaim]) -> AsyncIterator[None]:
        """Renew the leases of `claims` while the block lasts; then give back what is left."""
        self._tickets = frozenset(claim.ticket for claim in claims)
        self._step = 0
        done = asyncio.Event()
        keeping = asyncio.create_task(self._keep(claims, done))
        try:
            yield
        finally:
            done.set()
            await keeping
            left = [claim for claim in claims if claim in self]
            self._tickets = frozenset()
            if left:
                await self._give_back(left)

    async def renew(self, claims: Sequence[PictureClaim]) -> None:
        """Prolong the leases and tell the step; from then on the lost ones are held no more."""
        asked = [claim for claim in claims if claim in self]
        try:
            kept = await self._store.renew(asked, self._clock(), self._lease, self._step)
        except Exception:
            # The leases outlast several such failures, and the next call may get through.
            _log.exception("renewal_failed")
            return
        lost = {claim.ticket for claim in asked} - {claim.ticket for claim in kept}
        # What was handed in meanwhile is not lost.
        lost &= self._tickets
        if lost:
            _log.info("claims_lost", pictures=len(lost))
        self._tickets -= lost

    async def report(self, claim: PictureClaim, tell: Callable[[], Awaitable[bool]]) -> bool:
        """Tell the database what came of a claim, until it listens; then the claim is over.

        False if the claim was lost, or if we are to leave and cannot tell.
        """
        while claim in self:
            try:
                kept = await tell()
            except Exception:
                _log.exception("report_failed", render=claim.render_id)
                if self.leaving.is_set():
                    return False
                await asyncio.sleep(self._pause)
                continue
            self._tickets -= {claim.ticket}
            return kept
        return False

    def stepped(self, step: int, _steps: int) -> None:
        """Note how far the pictures are; the database is told with the next renewal.

        Called by the drawing thread, like `unwanted`.
        """
        self._step = step

    def unwanted(self, claims: Sequence[PictureClaim]) -> frozenset[int]:
        """Return the places in `claims` of those that nobody waits for any more."""
        held = frozenset() if self.leaving.is_set() else self._tickets
        return frozenset(n for n, claim in enumerate(claims) if claim.ticket not in held)

    async def _keep(self, claims: Sequence[PictureClaim], done: asyncio.Event) -> None:
        while not await is_set_within(done, self._pause):
            await self.renew(claims)

    async def _give_back(self, claims: Sequence[PictureClaim]) -> None:
        try:
            await self._store.release(claims)
        except Exception:
            # Their leases will end by themselves.
            _log.exception("giving_back_failed", pictures=len(claims))
        else:
            _log.info("given_back", pictures=len(claims))


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for `event`, at most so long; tell whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
