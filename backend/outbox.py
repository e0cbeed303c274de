"""What is owed to places: written with the change that causes it, delivered at least once.

The functions write inside the caller's transaction. A card is one row however often its job
changes: `wanted` moves ahead of `shown`, and whoever delivers catches up in one go.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.models import JobRow, OutboxRow, RenderRow, UtcDateTime
from backend.people import Place
from backend.policy import delivery_pause
from backend.rows import insert_once
from backend.views import Delivery, DeliveryKind


def delivery_key(kind: DeliveryKind, subject: str) -> str:
    """Return the name of the one delivery of a kind that is about something."""
    return f"{kind.value}:{subject}"


async def owe_card(session: AsyncSession, job: JobRow, now: datetime) -> None:
    """Owe the card of `job` at its present revision."""
    new = await insert_once(
        session,
        OutboxRow,
        {
            "id": uuid4().hex,
            "key": delivery_key(DeliveryKind.CARD, job.id),
            "kind": DeliveryKind.CARD,
            "subject": job.id,
            "workspace": job.workspace,
            "channel": job.channel,
            "thread": job.thread,
            "wanted": job.revision,
            "shown": 0,
            "attempt": 0,
            "due_at": now,
        },
    )
    if not new:
        await session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.key == delivery_key(DeliveryKind.CARD, job.id),
                OutboxRow.wanted < job.revision,
            )
            .values(
                wanted=job.revision,
                # A row that was given up gets new attempts: the job has something new to say.
                attempt=case((OutboxRow.due_at.is_(None), 0), else_=OutboxRow.attempt),
                due_at=func.coalesce(OutboxRow.due_at, literal(now, UtcDateTime())),
            )
        )


async def owe_pictures(session: AsyncSession, render: RenderRow, now: datetime) -> None:
    """Owe what came of `render`, once."""
    place = Place(render.workspace, render.channel, render.thread)
    key = delivery_key(DeliveryKind.PICTURES, render.id)
    await _owe_once(session, DeliveryKind.PICTURES, key, place, render.id, now)


async def owe_note(session: AsyncSession, place: Place, text: str, key: str, now: datetime) -> bool:
    """Owe a sentence. The same key again owes nothing more, and returns False."""
    return await _owe_once(session, DeliveryKind.NOTE, f"note:{key}", place, "", now, text)


async def _owe_once(
    session: AsyncSession,
    kind: DeliveryKind,
    key: str,
    place: Place,
    subject: str,
    now: datetime,
    note: str | None = None,
) -> bool:
    return await insert_once(
        session,
        OutboxRow,
        {
            "id": uuid4().hex,
            "key": key,
            "kind": kind,
            "subject": subject,
            "workspace": place.workspace,
            "channel": place.channel,
            "thread": place.thread,
            "note": note,
            "wanted": 1,
            "shown": 0,
            "attempt": 0,
            "due_at": now,
        },
    )


class Outbox:
    """The side of whoever delivers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, place: Place, text: str, key: str, now: datetime) -> bool:
        """Owe a sentence in a transaction of its own."""
        async with self._database.writing() as session:
            return await owe_note(session, place, text, key, now)

    async def claim(
        self, limit: int, now: datetime, lease: timedelta, but: Collection[str] = ()
    ) -> tuple[Delivery, ...]:
        """Claim up to `limit` deliveries that are due, oldest first, until `now + lease`.

        Nothing of the workspaces `but`.
        """
        due = (
            select(OutboxRow)
            .where(
                OutboxRow.due_at <= now,
                or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < now),
                OutboxRow.workspace.not_in(but),
            )
            .order_by(OutboxRow.due_at, OutboxRow.key)
            .limit(limit)
        )
        async with self._database.reading() as session:
            # Most looks find nothing: they must not take SQLite's write lock.
            if (await session.scalars(due.with_only_columns(OutboxRow.id))).first() is None:
                return ()
        async with self._database.writing() as session:
            rows = (await session.scalars(due.with_for_update(skip_locked=True))).all()
            for row in rows:
                row.lease_until = now + lease
                row.attempt += 1
            return tuple(_delivery(row) for row in rows)

    async def delivered(
        self, delivery_id: str, revision: int, receipt: str | None, now: datetime
    ) -> None:
        """Record that `revision` is shown. A receipt of None keeps the one that is stored."""
        async with self._database.writing() as session:
            values = {
                "shown": revision,
                "due_at": case((OutboxRow.wanted > revision, literal(now, UtcDateTime()))),
                "lease_until": None,
                "attempt": 0,
                "error": None,
            }
            if receipt is not None:
                values["receipt"] = receipt
            await session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == delivery_id, OutboxRow.shown <= revision)
                .values(values)
            )

    async def failed(
        self, delivery_id: str, error: str, retry_at: datetime | None, now: datetime
    ) -> None:
        """Give the delivery back for `retry_at`, or after a pause that grows with its attempts.

        After twelve attempts it is given up, until its subject changes again. To be told when to
        come back is no failed attempt.
        """
        async with self._database.writing() as session:
            row = await session.get(OutboxRow, delivery_id, with_for_update=True)
            if row is None:
                return
            pause = delivery_pause(row.attempt)
            if retry_at is not None:
                row.due_at = retry_at
                # It stays at one: whoever comes next has to look what this attempt has done.
                row.attempt = max(1, row.attempt - 1)
            else:
                row.due_at = None if pause is None else now + pause
            row.lease_until = None
            row.error = error

    async def set_aside(self, delivery_id: str, error: str) -> None:
        """Keep a delivery that cannot be made where it belongs, until `resume` or a change."""
        async with self._database.writing() as session:
            await session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == delivery_id)
                .values(due_at=None, lease_until=None, error=error)
            )

    async def resume(self, workspace: str, now: datetime) -> None:
        """Have everything that a workspace is still owed delivered now."""
        async with self._database.writing() as session:
            await session.execute(
                update(OutboxRow)
                .where(
                    OutboxRow.workspace == workspace,
                    OutboxRow.due_at.is_(None),
                    OutboxRow.shown < OutboxRow.wanted,
                )
                # At one, so that whoever comes next looks what earlier attempts have done.
                .values(due_at=now, attempt=1)
            )


def _delivery(row: OutboxRow) -> Delivery:
    return Delivery(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        place=Place(row.workspace, row.channel, row.thread),
        key=row.key,
        attempt=row.attempt,
        revision=row.wanted,
        receipt=row.receipt,
        note=row.note,
    )
