"""Commands as they came in, each stored once, kept until it is settled."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from backend.database import Database
from backend.models import IncomingRow
from backend.rows import insert_once
from backend.views import Incoming

_REMEMBERED = timedelta(days=7)
"""Slack repeats an event for an hour or so. That it came already is known for much longer."""


class Inbox:
    """Remembers commands across a crash, and that they came already."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def receive(self, incoming: Incoming) -> bool:
        """Store a command; False if one with this event id was stored before."""
        # Slack waits three seconds for it, whatever else there is to do.
        async with self._database.writing(at_once=True) as session:
            return await insert_once(
                session,
                IncomingRow,
                {
                    "event_id": incoming.event_id,
                    "kind": incoming.kind,
                    "body": incoming.body,
                    "received_at": incoming.received_at,
                },
            )

    async def settle(self, event_id: str, now: datetime) -> None:
        """Mark a command as dealt with; what somebody wrote in it is not kept."""
        async with self._database.writing() as session:
            await session.execute(
                update(IncomingRow)
                .where(IncomingRow.event_id == event_id)
                .values(settled_at=now, body={})
            )

    async def sweep(self, now: datetime) -> int:
        """Forget what was settled long ago; return how many commands."""
        old = IncomingRow.settled_at < now - _REMEMBERED
        async with self._database.reading() as session:
            # An hour without one is common, and must not take SQLite's write lock.
            if await session.scalar(select(IncomingRow.event_id).where(old).limit(1)) is None:
                return 0
        async with self._database.writing() as session:
            removed = await session.scalars(
                delete(IncomingRow).where(old).returning(IncomingRow.event_id)
            )
            return len(removed.all())

    async def unsettled(self) -> tuple[Incoming, ...]:
        """Return the commands that nobody has dealt with, oldest first."""
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(IncomingRow)
                .where(IncomingRow.settled_at.is_(None))
                .order_by(IncomingRow.received_at, IncomingRow.event_id)
            )
            return tuple(
                Incoming(row.event_id, row.kind, row.body, row.received_at) for row in rows
            )
