"""The line of waiting pictures in the database: who stands in it, and taking from its head."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backend.jobs import PictureState
from backend.models import PictureRow, RenderRow
from backend.people import Person
from backend.policy import Waiting


async def first_waiting(
    session: AsyncSession, per_person: int, base_hash: str | None
) -> dict[Waiting, tuple[str, int]]:
    """Return the first waiting pictures of each person, with their keys.

    A flood of one person's requests hides nobody else's: the limit is per person.
    """
    turn = (
        func.row_number()
        .over(
            partition_by=(RenderRow.workspace, RenderRow.user),
            order_by=(PictureRow.created_at, PictureRow.render_id, PictureRow.position),
        )
        .label("turn")
    )
    query = (
        select(
            PictureRow.render_id,
            PictureRow.position,
            PictureRow.batch_group,
            PictureRow.created_at,
            RenderRow.workspace,
            RenderRow.user,
            turn,
        )
        .join(RenderRow, PictureRow.render_id == RenderRow.id)
        .where(PictureRow.state == PictureState.QUEUED)
    )
    if base_hash is not None:
        query = query.where(PictureRow.batch_group.startswith(f"{base_hash}:"))
    found = query.subquery()
    rows = await session.execute(select(found).where(found.c.turn <= per_person))
    return {
        Waiting(
            f"{row.render_id}/{row.position:04}",
            Person(row.workspace, row.user),
            row.created_at,
            row.batch_group,
        ): (row.render_id, row.position)
        for row in rows
    }


async def last_served(session: AsyncSession, since: datetime) -> dict[Person, datetime]:
    """Return when a picture of each person was last begun, as far as that was after `since`."""
    found = await session.execute(
        select(RenderRow.workspace, RenderRow.user, func.max(PictureRow.claimed_at))
        .join(PictureRow, PictureRow.render_id == RenderRow.id)
        .where(PictureRow.claimed_at > since)
        .group_by(RenderRow.workspace, RenderRow.user)
    )
    return {Person(workspace, user): at for workspace, user, at in found if at is not None}


async def lock_first(
    session: AsyncSession, keys: Sequence[tuple[str, int]], limit: int
) -> list[PictureRow]:
    """Lock the first `limit` of `keys` that still wait and that no other worker is taking."""
    rows: list[PictureRow] = []
    left = list(keys)
    while left and len(rows) < limit:
        missing = limit - len(rows)
        chunk, left = left[:missing], left[missing:]
        found = await session.scalars(
            select(PictureRow)
            .where(
                tuple_(PictureRow.render_id, PictureRow.position).in_(chunk),
                PictureRow.state == PictureState.QUEUED,
            )
            .with_for_update(skip_locked=True)
        )
        by_key = {(row.render_id, row.position): row for row in found}
        rows += [by_key[key] for key in chunk if key in by_key]
    return rows
