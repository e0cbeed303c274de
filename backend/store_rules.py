"""What workspaces and people have settled, in the database; and how busy everything is."""

from datetime import datetime
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.defaults import Defaults
from backend.jobs import HELD_JOBS, JobState, PictureState
from backend.models import JobRow, PictureRow
from backend.models_people import DefaultsRow, RulesRow
from backend.people import Person
from backend.roles import Rules
from backend.store_gallery import workers_drawing
from backend.views import StatusView

_LATELY = 20


class RulesStore:
    """Reads and replaces rules and defaults, each whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rules(self, workspace: str) -> Rules:
        """Return the rules of a workspace; the defaults where nothing was settled."""
        async with self._database.reading() as session:
            row = await session.get(RulesRow, workspace)
            return Rules() if row is None else Rules.model_validate(row.rules)

    async def set_rules(self, by: Person, rules: Rules, now: datetime) -> None:
        """Replace the rules of somebody's workspace."""
        async with self._database.writing() as session:
            await session.merge(
                RulesRow(
                    workspace=by.workspace,
                    rules=rules.model_dump(mode="json"),
                    paused=rules.paused,
                    changed_by=by.user,
                    changed_at=now,
                )
            )

    async def defaults(self, person: Person) -> Defaults:
        """Return what somebody's requests mean where they do not say."""
        async with self._database.reading() as session:
            row = await session.get(DefaultsRow, (person.workspace, person.user))
            return Defaults() if row is None else Defaults.model_validate(row.defaults)

    async def set_defaults(self, person: Person, defaults: Defaults) -> None:
        """Replace them."""
        async with self._database.writing() as session:
            await session.merge(
                DefaultsRow(
                    workspace=person.workspace,
                    user=person.user,
                    defaults=defaults.model_dump(mode="json"),
                )
            )

    async def status(self, slots: int, rules: Rules, now: datetime) -> StatusView:
        """Count what is in work and what waits, of all workspaces: they share the machines."""
        async with self._database.reading() as session:
            jobs = {
                row[0]: row[1]
                for row in await session.execute(
                    select(JobRow.state, func.count()).group_by(JobRow.state)
                )
            }
            pictures = {
                row[0]: row[1]
                for row in await session.execute(
                    select(PictureRow.state, func.count()).group_by(PictureRow.state)
                )
            }
            workers = await workers_drawing(session, now)
            begun = await _begun(session)
            done = await session.execute(
                select(JobRow.started_at, JobRow.ended_at)
                .where(JobRow.state == JobState.READY, JobRow.started_at.is_not(None))
                .order_by(JobRow.ended_at.desc())
                .limit(_LATELY)
            )
            claimed = await session.execute(
                select(PictureRow.created_at, PictureRow.claimed_at)
                .where(PictureRow.claimed_at.is_not(None))
                .order_by(PictureRow.claimed_at.desc())
                .limit(_LATELY)
            )
            return StatusView(
                slots=slots,
                jobs_in_work=sum(jobs.get(state, 0) for state in HELD_JOBS),
                jobs_waiting=jobs.get(JobState.QUEUED, 0),
                workers=workers,
                pictures_in_work=pictures.get(PictureState.DRAWING, 0),
                pictures_waiting=pictures.get(PictureState.QUEUED, 0),
                job_wait_seconds=_median(begun),
                job_seconds=_median([(start, end) for start, end in done]),
                picture_wait_seconds=_median([(asked, at) for asked, at in claimed]),
                is_paused=rules.paused,
                is_draining=rules.draining,
            )


async def _begun(session: AsyncSession) -> list[tuple[datetime | None, datetime | None]]:
    found = await session.execute(
        select(JobRow.created_at, JobRow.started_at)
        # Another attempt was asked for when the first had failed, and waited from the first's end.
        .where(JobRow.started_at.is_not(None), JobRow.attempt == 1)
        .order_by(JobRow.started_at.desc())
        .limit(_LATELY)
    )
    return [(asked, begun) for asked, begun in found]


def _median(spans: list[tuple[datetime | None, datetime | None]]) -> float | None:
    seconds = [
        (end - start).total_seconds()
        for start, end in spans
        if start is not None and end is not None
    ]
    return median(seconds) if seconds else None
