"""A thing that is done again and again until it is told to stop."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

_log = structlog.get_logger(__name__)

_GRACE_SECONDS = 5.0


class Rounds:
    """Calls `one_round` in a task of its own; it returns how many seconds to wait for the next.

    Stopping lets the round in hand finish: one that is cut off in a call to the database leaves
    its connection open. A round that fails is logged, and the next comes `after_failure` seconds
    later: without its loop nothing would ever be said again.
    """

    def __init__(
        self, name: str, one_round: Callable[[], Awaitable[float]], after_failure: float
    ) -> None:
        self._name = name
        self._one_round = one_round
        self._after_failure = after_failure
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._stopping.clear()
        self._task = asyncio.create_task(self._go_on(), name=self._name)

    async def stop(self) -> None:
        """End after the round in hand, at the latest when it has had a moment for that."""
        self._stopping.set()
        if self._task is None:
            return
        await asyncio.wait([self._task], timeout=_GRACE_SECONDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def _go_on(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = await self._one_round()
            except Exception:
                _log.exception("round_failed", what=self._name)
                pause = self._after_failure
            try:
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            except TimeoutError:
                continue
