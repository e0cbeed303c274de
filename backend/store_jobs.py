"""Training jobs in the database: every change of state, in short transactions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.errors import BackendError, ErrorCode
from backend.job_moves import moved_on
from backend.job_rows import (
    NewJob,
    changed,
    held_by,
    job_views,
    new_row,
    open_jobs_of,
    progress_of,
    renumber,
    safely_held,
    set_progress,
)
from backend.job_tokens import active_job_of, being_taught, token_taken
from backend.jobs import ACTIVE_JOBS, HELD_JOBS, JobEvent, JobState, after
from backend.layout import DataFolder
from backend.models import JobRow, UploadRow
from backend.models_people import RulesRow
from backend.notes import Note, with_more
from backend.people import Person
from backend.policy import Progress, looks_different
from backend.rows import lock_job_queue
from backend.store_concepts import NewConcept, add_version, find_concept
from backend.store_job_care import JobCareStore
from backend.views import Failure, JobView

_NOT_PAUSED = JobRow.workspace.not_in(select(RulesRow.workspace).where(RulesRow.paused))


class JobStore(JobCareStore):
    """Jobs and their queue. Moves that the state machine does not know do nothing."""

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self._database = database
        self._folder = folder

    async def add(
        self, job: NewJob, now: datetime, admit: Callable[[int], None] | None = None
    ) -> JobView:
        """Queue a job; the one that is there already if its key was seen before.

        `admit` is given the number of other open jobs of the person, and raises if it is too much.
        Raises BackendError (token_taken) when a concept or a job in progress has the token,
        (unknown_token) when the concept of a further version is not there any more.
        """
        try:
            async with self._database.writing() as session:
                await lock_job_queue(session)
                # First the row, whose unique index settles races, then the look at concepts.
                session.add(row := new_row(job, now))
                await session.flush()
                if job.is_further:
                    # Its row in the unique index says that nothing else teaches the token now.
                    await _check_there(session, job)
                elif taken := await token_taken(session, job.by, job.token, job.id):
                    raise taken
                if admit is not None:
                    admit(await open_jobs_of(session, job.by, job.id))
                for position, upload in enumerate(job.uploads):
                    session.add(
                        UploadRow(
                            job_id=job.id,
                            position=position,
                            name=upload.name,
                            path=self._folder.relative(upload.path),
                            source=upload.source,
                        )
                    )
                await renumber(session, now)
                return (await job_views(session, [row], self._folder))[0]
        except IntegrityError:
            async with self._database.reading() as session:
                there = await session.scalar(select(JobRow).where(JobRow.key == job.key))
                if there is None:
                    taken = await _why_not(session, job)
                    if taken is None:
                        raise
                    raise taken from None
                return (await job_views(session, [there], self._folder))[0]

    async def check_token_free(self, by: Person, token: str, key: str) -> None:
        """Raise what `add` would raise about the token, before any work is done.

        Not if the job that `key` makes has come to be meanwhile: `add` will find it.
        """
        async with self._database.reading() as session:
            taken = await token_taken(session, by, token)
            if taken is None:
                return
            if await session.scalar(select(JobRow.id).where(JobRow.key == key)) is None:
                raise taken

    async def open_jobs(self, person: Person) -> int:
        """Count somebody's jobs that have not ended."""
        async with self._database.reading() as session:
            return await open_jobs_of(session, person)

    async def get(self, job_id: str) -> JobView | None:
        """Return a job, None if there is none with this id."""
        return await self._one(JobRow.id == job_id)

    async def by_key(self, key: str) -> JobView | None:
        """Return the job that a request with this idempotency key made."""
        return await self._one(JobRow.key == key)

    async def active(self, workspace: str) -> tuple[JobView, ...]:
        """Return the jobs that have not ended: first those in work, then by queue position."""
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(JobRow)
                .where(JobRow.workspace == workspace, JobRow.state.in_(ACTIVE_JOBS))
                .order_by(func.coalesce(JobRow.queue_position, 0), JobRow.created_at, JobRow.id)
            )
            return await job_views(session, rows.all(), self._folder)

    async def sources_used(self, workspace: str) -> frozenset[str]:
        """Return the sources of pictures that jobs learn or have learned from."""
        async with self._database.reading() as session:
            found = await session.scalars(
                select(UploadRow.source)
                .join(JobRow, UploadRow.job_id == JobRow.id)
                .where(
                    JobRow.workspace == workspace,
                    JobRow.state.in_(ACTIVE_JOBS | {JobState.READY}),
                )
            )
            return frozenset(found)

    async def ask_to_cancel(self, job_id: str, now: datetime) -> JobView | None:
        """Cancel a waiting job, or begin to stop a running one. None if it has ended."""
        return await self._happened(job_id, JobEvent.CANCEL_ASKED, now)

    async def take(
        self, holder: str, now: datetime, lease: timedelta, slots: int
    ) -> JobView | None:
        """Take the next job from the queue for `holder`, unless all its slots are in use."""
        if not await self._worth_taking(holder, slots):
            return None
        async with self._database.writing() as session:
            await lock_job_queue(session)
            await renumber(session, now)
            await session.flush()
            row = await session.scalar(
                select(JobRow)
                .where(JobRow.state == JobState.QUEUED, _NOT_PAUSED)
                .order_by(JobRow.queue_position)
                .limit(1)
                .with_for_update()
            )
            if row is None or await held_by(session, holder) >= slots:
                return None
            row.held_by, row.lease_until = holder, now + lease
            await moved_on(session, row, JobEvent.TAKEN, now)
            return (await job_views(session, [row], self._folder))[0]

    async def hold(self, holder: str, now: datetime, lease: timedelta) -> tuple[JobView, ...]:
        """Renew the leases of the jobs that `holder` is responsible for, and return them.

        Jobs whose holder has given no sign of life until their lease ended become its own.
        """
        mine_or_lost = and_(
            JobRow.state.in_(HELD_JOBS),
            or_(JobRow.held_by == holder, JobRow.lease_until < now),
        )
        async with self._database.reading() as session:
            query = select(JobRow).where(mine_or_lost).order_by(JobRow.created_at, JobRow.id)
            rows = (await session.scalars(query)).all()
            if all(safely_held(row, holder, now + lease / 2) for row in rows):
                return await job_views(session, rows, self._folder)
        async with self._database.writing() as session:
            rows = (await session.scalars(query.with_for_update(skip_locked=True))).all()
            for row in rows:
                row.held_by, row.lease_until = holder, now + lease
            return await job_views(session, rows, self._folder)

    async def launched(
        self, job_id: str, max_steps: int, now: datetime, left_out: Sequence[Note] = ()
    ) -> JobView | None:
        """Record that the run of a job was started; None if it was cancelled meanwhile.

        `left_out` is what it had to be started without.
        """
        return await self._happened(
            job_id, JobEvent.LAUNCHED, now, max_steps=max_steps, left_out=left_out
        )

    async def progressed(self, job_id: str, new: Progress, now: datetime) -> None:
        """Record how far a running job is; owe its card only if that would look different."""
        preview = None if new.preview is None else self._folder.relative(Path(new.preview))
        new = replace(new, preview=preview)
        async with self._database.writing() as session:
            row = await session.get(JobRow, job_id, with_for_update=True)
            if row is None or row.state is not JobState.RUNNING:
                return
            shown = progress_of(row)
            set_progress(row, new)
            if looks_different(shown, new):
                await changed(session, row, now)

    async def succeeded(self, job_id: str, concept: NewConcept, now: datetime) -> JobView | None:
        """End a job with its concept. None if it was cancelled meanwhile: then nothing is."""
        return await self._happened(job_id, JobEvent.SUCCEEDED, now, concept=concept)

    async def failed(self, job_id: str, failure: Failure, now: datetime) -> JobView | None:
        """End a job without a concept."""
        return await self._happened(job_id, JobEvent.FAILED, now, failure=failure)

    async def retried(self, job_id: str, now: datetime) -> JobView | None:
        """Put a job back into the queue for another attempt."""
        return await self._happened(job_id, JobEvent.RETRIED, now)

    async def stopped(self, job_id: str, now: datetime) -> JobView | None:
        """Record that nothing of a cancelled job runs any more."""
        return await self._happened(job_id, JobEvent.STOPPED, now)

    async def _happened(
        self,
        job_id: str,
        event: JobEvent,
        now: datetime,
        *,
        failure: Failure | None = None,
        concept: NewConcept | None = None,
        max_steps: int | None = None,
        left_out: Sequence[Note] = (),
    ) -> JobView | None:
        async with self._database.writing() as session:
            await lock_job_queue(session)
            row = await session.get(JobRow, job_id, with_for_update=True)
            if row is None or after(row.state, event) is None:
                return None
            if failure is not None:
                row.failure_reason, row.failure_host = failure.reason, failure.host
                # PostgreSQL takes no NUL, and after a power cut logs may end in many.
                said = (failure.message, failure.hint, failure.log)
                row.failure_message, row.failure_hint, row.failure_log = (
                    text.replace("\0", "") for text in said
                )
            if concept is not None:
                await add_version(session, row, concept, self._folder, now)
            if max_steps is not None:
                row.max_steps = max_steps
            # A new list: a change within the old one would not be noticed.
            row.notes = with_more(row.notes, left_out)
            await moved_on(session, row, event, now)
            return (await job_views(session, [row], self._folder))[0]

    async def _one(self, condition: ColumnElement[bool]) -> JobView | None:
        async with self._database.reading() as session:
            row = await session.scalar(select(JobRow).where(condition))
            return None if row is None else (await job_views(session, [row], self._folder))[0]

    async def _worth_taking(self, holder: str, slots: int) -> bool:
        async with self._database.reading() as session:
            waiting = await session.scalar(
                select(func.count())
                .select_from(JobRow)
                .where(JobRow.state == JobState.QUEUED, _NOT_PAUSED)
            )
            return bool(waiting) and await held_by(session, holder) < slots


async def _check_there(session: AsyncSession, job: NewJob) -> None:
    if await find_concept(session, job.by.workspace, job.token) is None:
        raise BackendError(
            ErrorCode.UNKNOWN_TOKEN,
            f"{job.token} is not here any more.",
            case="gone",
            facts={"token": job.token},
        )


async def _why_not(session: AsyncSession, job: NewJob) -> BackendError | None:
    """Return why the index of open jobs refused a job."""
    if not job.is_further:
        return await token_taken(session, job.by, job.token)
    other = await active_job_of(session, job.by.workspace, job.token)
    return None if other is None else being_taught(other)
