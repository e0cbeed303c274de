"""Which message says how an open render stands. Kept in the inbox, until the render has ended."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from backend.clock import Clock, utc_now
from backend.views import Incoming

KIND = "render_status"


class Status(BaseModel):
    """A message about a render, by channel and ts. `line` is what it said when it was posted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    render_id: str
    channel: str
    ts: str
    line: str = ""
    workspace: str = ""
    """Empty for one that was posted before there could be several."""


class Keeper(Protocol):
    """What of the service keeps them."""

    async def receive(self, incoming: Incoming) -> bool:
        """Store something once."""

    async def settle(self, event_id: str) -> None:
        """Forget about it."""


class Statuses:
    """The status messages of open renders."""

    def __init__(self, keeper: Keeper, clock: Clock = utc_now) -> None:
        self._keeper = keeper
        self._now = clock
        self._open: dict[str, Status] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    def restore(self, rows: Sequence[Incoming]) -> None:
        """Take up what an earlier process knew."""
        for row in rows:
            if row.kind == KIND:
                status = Status.model_validate(row.body)
                self._open[status.render_id] = status

    def of(self, render_id: str) -> Status | None:
        """Return the message about a render."""
        return self._open.get(render_id)

    def all(self) -> tuple[Status, ...]:
        """Return the messages about open renders."""
        return tuple(self._open.values())

    async def remember(self, status: Status) -> None:
        """Remember the message about a render."""
        received_at: datetime = self._now()
        await self._keeper.receive(
            Incoming(_event_id(status.render_id), KIND, status.model_dump(), received_at)
        )
        self._open[status.render_id] = status

    def turn(self, render_id: str) -> asyncio.Lock:
        """Return what to hold while the message about a render is written.

        Two updates on their way at once may arrive in either order, and the last one stays.
        Whoever gets its turn looks whether there is still something to say: see `of`.
        """
        return self._turns.setdefault(render_id, asyncio.Lock())

    async def forget(self, render_id: str) -> None:
        """Forget a message that has nothing more to say."""
        await self._keeper.settle(_event_id(render_id))
        self._open.pop(render_id, None)
        self._turns.pop(render_id, None)


def _event_id(render_id: str) -> str:
    return f"status:{render_id}"
