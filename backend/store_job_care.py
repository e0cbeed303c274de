"""What is asked of jobs that are there, and what their past tells: a part of the job store."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from backend.database import Database
from backend.forecast import REMEMBERED, Past
from backend.job_moves import moved_on
from backend.job_rows import Upload, changed, job_views, open_jobs_of, owner
from backend.job_tokens import why_not_again
from backend.jobs import HELD_JOBS, JobEvent, JobState, after
from backend.layout import DataFolder
from backend.models import JobRow, UploadRow
from backend.rows import lock_job_queue
from backend.views import JobView


class JobCareStore:
    """Keeping, retrying, looking back. Moves that the state machine does not know do nothing."""

    _database: Database
    _folder: DataFolder

    async def uploads_of(self, job_id: str) -> tuple[Upload, ...]:
        """Return the pictures that a job learns from."""
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(UploadRow).where(UploadRow.job_id == job_id).order_by(UploadRow.position)
            )
            return tuple(
                Upload(row.name, self._folder.absolute(row.path), row.source) for row in rows
            )

    async def ask_to_keep(self, job_id: str, now: datetime) -> JobView | None:
        """Record that a running job is to end with what it has. None if it does not run."""
        async with self._database.writing() as session:
            row = await session.get(JobRow, job_id, with_for_update=True)
            if row is None or row.state is not JobState.RUNNING:
                return None
            if not row.keep_asked:
                row.keep_asked = True
                await changed(session, row, now)
            return (await job_views(session, [row], self._folder))[0]

    async def ask_to_retry(
        self, job_id: str, now: datetime, admit: Callable[[int], None] = lambda _: None
    ) -> JobView | None:
        """Put a failed job back into the queue. None if it has not failed.

        `admit` is given the number of other open jobs of its owner, and raises if it is too much.
        Raises BackendError (token_taken) if its token was taken meanwhile.
        """
        async with self._database.writing() as session:
            await lock_job_queue(session)
            row = await session.get(JobRow, job_id, with_for_update=True)
            if row is None or after(row.state, JobEvent.RETRY_ASKED) is None:
                return None
            if taken := await why_not_again(session, row):
                raise taken
            admit(await open_jobs_of(session, owner(row), row.id))
            row.failure_reason = row.failure_message = row.failure_hint = None
            row.failure_host = row.failure_log = None
            row.ended_at = row.started_at = None
            # It stands in line with what is asked for now, and not before all of it.
            row.created_at = now
            await moved_on(session, row, JobEvent.RETRY_ASKED, now)
            return (await job_views(session, [row], self._folder))[0]

    async def hosts_seen(self, job_id: str, hosts: Mapping[str, bool], now: datetime) -> None:
        """Record which hosts of a running job have given a sign of life."""
        async with self._database.reading() as session:
            there = await session.scalar(select(JobRow.hosts).where(JobRow.id == job_id))
            if dict(there or {}) == dict(hosts):
                return
        async with self._database.writing() as session:
            row = await session.get(JobRow, job_id, with_for_update=True)
            if row is None or row.state is not JobState.RUNNING:
                return
            row.hosts = dict(hosts)
            await changed(session, row, now)

    async def past(self) -> tuple[Past, ...]:
        """Return what the newest jobs that became ready have taken, newest first."""
        async with self._database.reading() as session:
            rows = await session.execute(
                select(JobRow.started_at, JobRow.ended_at, JobRow.step)
                # One that went on, from another job or an attempt of its own, has steps behind it
                # that it did not take in this time.
                .where(
                    JobRow.state == JobState.READY,
                    JobRow.goes_on_from.is_(None),
                    JobRow.attempt == 1,
                )
                .order_by(JobRow.ended_at.desc(), JobRow.id)
                .limit(REMEMBERED)
            )
            return tuple(
                Past((ended - started).total_seconds(), step)
                for started, ended, step in rows
                if started is not None and ended is not None and step > 0
            )

    async def in_line(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the steps left of the jobs in hand, and those of the waiting ones in order.

        Of all workspaces: they share the hosts.
        """
        async with self._database.reading() as session:
            held = await session.scalars(select(JobRow).where(JobRow.state.in_(HELD_JOBS)))
            left = tuple(
                0 if row.state is JobState.STOPPING else max(0, row.max_steps - row.step)
                for row in held
            )
            earlier = aliased(JobRow)
            waiting = await session.execute(
                select(JobRow.max_steps, earlier.step)
                .outerjoin(earlier, earlier.id == JobRow.goes_on_from)
                .where(JobRow.state == JobState.QUEUED)
                .order_by(JobRow.queue_position)
            )
            return left, tuple(max(0, limit - (behind or 0)) for limit, behind in waiting)
