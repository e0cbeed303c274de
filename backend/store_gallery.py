"""Pictures that are drawn, as they are looked for later, and what of the machines is to be seen."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.jobs import HELD_JOBS, JobState, PictureState, RenderState
from backend.models import (
    ConceptRow,
    ConceptVersionRow,
    JobRow,
    OutboxRow,
    PictureRow,
    RenderRow,
)
from backend.outbox import delivery_key
from backend.people import Person
from backend.recipe import ConceptRef
from backend.store_renders import lock_pictures
from backend.views import DeliveryKind, HealthView


class GalleryStore:
    """Reads across renders, and forgets the files of some."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent_of(self, person: Person, limit: int) -> tuple[str, ...]:
        """Return the ids of a person's last renders with a picture on disk, newest first."""
        has_file = (
            select(PictureRow.position)
            .where(PictureRow.render_id == RenderRow.id, PictureRow.path.is_not(None))
            .exists()
        )
        async with self._database.reading() as session:
            ids = await session.scalars(
                select(RenderRow.id)
                .where(
                    RenderRow.workspace == person.workspace,
                    RenderRow.user == person.user,
                    RenderRow.ended_at.is_not(None),
                    has_file,
                )
                .order_by(RenderRow.created_at.desc(), RenderRow.id)
                .limit(limit)
            )
            return tuple(ids)

    async def forget_files(self, render_id: str) -> None:
        """Record that the pictures of a render have no files any more."""
        async with self._database.writing() as session:
            await lock_pictures(session, render_id)
            await session.execute(
                update(PictureRow)
                .where(PictureRow.render_id == render_id, PictureRow.state == PictureState.DONE)
                .values(path=None)
            )

    async def receipt(self, kind: DeliveryKind, subject: str) -> str | None:
        """Return what the last successful delivery about something left."""
        async with self._database.reading() as session:
            return await session.scalar(
                select(OutboxRow.receipt).where(OutboxRow.key == delivery_key(kind, subject))
            )

    async def has_version(self, workspace: str, ref: ConceptRef) -> bool:
        """Tell whether the rows that a recipe names are still there."""
        async with self._database.reading() as session:
            found = await session.scalar(
                select(ConceptVersionRow.sha256)
                .join(ConceptRow, ConceptVersionRow.concept_id == ConceptRow.id)
                .where(
                    ConceptRow.workspace == workspace,
                    ConceptRow.token == ref.token,
                    ConceptVersionRow.version == ref.version,
                )
            )
            return found == ref.sha256

    async def health(
        self, workspace: str, slots: int, now: datetime, since: datetime
    ) -> HealthView:
        """Count what runs and waits everywhere, and what failed in a workspace since then."""
        async with self._database.reading() as session:

            async def count(*conditions: ColumnElement[bool]) -> int:
                return await session.scalar(select(func.count()).where(*conditions)) or 0

            return HealthView(
                slots=slots,
                slots_in_use=await count(JobRow.state.in_(HELD_JOBS)),
                jobs_waiting=await count(JobRow.state == JobState.QUEUED),
                pictures_waiting=await count(PictureRow.state == PictureState.QUEUED),
                workers_drawing=await workers_drawing(session, now),
                jobs_failed=await count(
                    JobRow.workspace == workspace,
                    JobRow.state == JobState.FAILED,
                    JobRow.ended_at > since,
                ),
                renders_failed=await count(
                    RenderRow.workspace == workspace,
                    RenderRow.state == RenderState.FAILED,
                    RenderRow.ended_at > since,
                ),
            )


async def workers_drawing(session: AsyncSession, now: datetime) -> int:
    """Count the workers that draw at this moment; of one that has died the lease ends soon."""
    count = await session.scalar(
        select(func.count(PictureRow.worker.distinct())).where(
            PictureRow.state == PictureState.DRAWING, PictureRow.lease_until >= now
        )
    )
    return count or 0
