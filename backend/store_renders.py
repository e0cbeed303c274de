"""Requests for pictures in the database."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.jobs import OPEN_PICTURES, OPEN_RENDERS, PictureState, RenderState, render_state
from backend.layout import DataFolder
from backend.models import PictureRow, RenderRow
from backend.outbox import owe_pictures
from backend.people import Person
from backend.render_rows import NewRender, new_picture, new_row, render_view
from backend.roles import Usage
from backend.rows import lock_admission
from backend.store_usage import check_concepts, usage_for
from backend.views import RenderView


class RenderStore:
    """Renders as people see them; their pictures are handed out by `store_pictures`."""

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self._database = database
        self._folder = folder

    async def add(
        self, render: NewRender, now: datetime, admit: Callable[[Usage], None] | None = None
    ) -> RenderView:
        """Queue a render; the one that is there already if its key was seen before.

        With `admit`, which raises over a usage that leaves no room for it, its concepts must
        also be there still: raises BackendError (unknown_token).
        """
        try:
            async with self._database.writing() as session:
                session.add(row := new_row(render, now))
                await session.flush()
                if admit is not None:
                    await check_concepts(session, render.by.workspace, render.recipes[0].concepts)
                    await lock_admission(session)
                    usage = await usage_for(session, render.by, render.place.channel, now, row.id)
                    admit(usage)
                of = None if render.enlarges is None else self._folder.relative(render.enlarges)
                for position, recipe in enumerate(render.recipes):
                    session.add(new_picture(render.id, position, recipe, of, now))
                await session.flush()
                return (await self._views(session, [row]))[0]
        except IntegrityError:
            there = await self.by_key(render.key)
            if there is None:
                raise
            return there

    async def usage(self, person: Person, channel: str, now: datetime) -> Usage:
        """Return what would count against a render of somebody in a channel."""
        async with self._database.reading() as session:
            return await usage_for(session, person, channel, now)

    async def get(self, render_id: str) -> RenderView | None:
        """Return a render, None if there is none with this id."""
        return await self._one(RenderRow.id == render_id)

    async def by_key(self, key: str) -> RenderView | None:
        """Return the render that a request with this idempotency key made."""
        return await self._one(RenderRow.key == key)

    async def open_of(self, workspace: str) -> tuple[RenderView, ...]:
        """Return the renders that have not ended, oldest first.

        Of those that wait there may be hundreds: they come without their pictures.
        """
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(RenderRow)
                .where(RenderRow.workspace == workspace, RenderRow.state.in_(OPEN_RENDERS))
                .order_by(RenderRow.created_at, RenderRow.id)
            )
            return await self._views(session, rows.all(), waiting_pictures=False)

    async def cancel(self, render_id: str, now: datetime) -> RenderView | None:
        """Cancel what is not drawn yet. None if the render has ended, or there is none."""
        async with self._database.writing() as session:
            await lock_pictures(session, render_id)
            row = await session.get(RenderRow, render_id, with_for_update=True)
            if row is None or row.state not in OPEN_RENDERS:
                return None
            await drop_open_pictures(session, render_id, now)
            await settle_renders(session, [render_id], now)
            return (await self._views(session, [row]))[0]

    async def _one(self, condition: ColumnElement[bool]) -> RenderView | None:
        async with self._database.reading() as session:
            row = await session.scalar(select(RenderRow).where(condition))
            return None if row is None else (await self._views(session, [row]))[0]

    async def _views(
        self,
        session: AsyncSession,
        rows: Sequence[RenderRow],
        waiting_pictures: bool = True,
    ) -> tuple[RenderView, ...]:
        pictures: dict[str, list[PictureRow]] = {row.id: [] for row in rows}
        shown = [row.id for row in rows if waiting_pictures or row.state is not RenderState.QUEUED]
        for picture in await session.scalars(
            select(PictureRow).where(PictureRow.render_id.in_(shown)).order_by(PictureRow.position)
        ):
            pictures[picture.render_id].append(picture)
        positions = await _queue_positions(session, rows)
        return tuple(
            render_view(row, pictures[row.id], positions.get(row.id), self._folder) for row in rows
        )


async def lock_pictures(session: AsyncSession, render_id: str) -> None:
    """Lock the pictures of a render. Whoever locks both locks pictures before renders."""
    await session.execute(
        select(PictureRow.position)
        .where(PictureRow.render_id == render_id)
        .order_by(PictureRow.position)
        .with_for_update()
    )


async def drop_open_pictures(session: AsyncSession, render_id: str, now: datetime) -> None:
    """Cancel the pictures of a render that are not finished; their workers lose the lease."""
    await session.execute(
        update(PictureRow)
        .where(PictureRow.render_id == render_id, PictureRow.state.in_(OPEN_PICTURES))
        .values(state=PictureState.CANCELLED, ticket=None, lease_until=None, ended_at=now)
    )


async def settle_renders(session: AsyncSession, ids: Sequence[str], now: datetime) -> None:
    """Bring the states of renders in line with their pictures; owe the result of ended ones."""
    rows = await session.scalars(
        select(RenderRow)
        .where(RenderRow.id.in_(ids))
        .order_by(RenderRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in rows.all():
        if row.state not in OPEN_RENDERS:
            continue
        states = await session.scalars(
            select(PictureRow.state).where(PictureRow.render_id == row.id)
        )
        row.state = render_state(states)
        if row.state is RenderState.DRAWING and row.started_at is None:
            row.started_at = now
        if row.state not in OPEN_RENDERS:
            row.ended_at = now
            await owe_pictures(session, row, now)
    await session.flush()


async def _queue_positions(session: AsyncSession, rows: Sequence[RenderRow]) -> dict[str, int]:
    """Return the places in line of those that wait: with one query, however many they are."""
    waiting = [row for row in rows if row.state is RenderState.QUEUED]
    if not waiting:
        return {}
    asked: dict[Person, list[datetime]] = defaultdict(list)
    for workspace, user, at in await session.execute(
        select(RenderRow.workspace, RenderRow.user, RenderRow.created_at)
        .where(
            RenderRow.state.in_(OPEN_RENDERS),
            RenderRow.created_at < max(row.created_at for row in waiting),
        )
        .order_by(RenderRow.created_at)
    ):
        asked[Person(workspace, user)].append(at)

    def place(person: Person, at: datetime) -> int:
        # Of everyone else one picture may come first, of one's own whatever was asked earlier.
        own = bisect_left(asked[person], at) if person in asked else 0
        return 1 + own + sum(times[0] < at for one, times in asked.items() if one != person)

    return {row.id: place(Person(row.workspace, row.user), row.created_at) for row in waiting}
