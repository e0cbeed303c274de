"""Between rows of jobs and what callers see, and the queue's order. Inside a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.job_options import NO_OPTIONS, JobOptions
from backend.jobs import ACTIVE_JOBS, HELD_JOBS, JobState
from backend.layout import DataFolder
from backend.models import JobRow, UploadRow
from backend.notes import Note, read_note, with_more
from backend.outbox import owe_card
from backend.people import Person, Place
from backend.policy import Progress, Waiting, fair_order
from backend.store_concepts import concepts_of_jobs
from backend.views import Failure, JobView
from cluster.spec import LearnableProperty


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that a job learns from, copied to its folder; `source` as the caller names it."""

    name: str
    path: Path
    source: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """A checked teach request."""

    id: str
    key: str
    token: str
    initializer: str
    learnable_property: LearnableProperty
    by: Person
    place: Place
    uploads: tuple[Upload, ...]
    notes: tuple[Note, ...]
    max_steps: int
    is_further: bool = False
    """Whether it teaches a further version of a concept that is there."""
    options: JobOptions = NO_OPTIONS
    goes_on_from: str | None = None
    """The job whose rows it trains longer."""


def new_row(job: NewJob, now: datetime) -> JobRow:
    """Return the row of a job that enters the queue."""
    return JobRow(
        id=job.id,
        key=job.key,
        workspace=job.by.workspace,
        channel=job.place.channel,
        thread=job.place.thread,
        user=job.by.user,
        state=JobState.QUEUED,
        token=job.token,
        initializer=job.initializer,
        learnable_property=job.learnable_property,
        notes=with_more([], job.notes),
        attempt=1,
        step=0,
        max_steps=job.max_steps,
        curve=[],
        created_at=now,
        revision=1,
        options=job.options.chosen or None,
        goes_on_from=job.goes_on_from,
        keep_asked=False,
        is_further=job.is_further,
        evaluating=False,
    )


async def renumber(session: AsyncSession, now: datetime) -> None:
    """Bring the queue positions up to date; owe a card to every job whose position changed.

    The caller holds the lock of the job queue.
    """
    waiting = (
        await session.scalars(
            select(JobRow).where(JobRow.state == JobState.QUEUED).with_for_update()
        )
    ).all()
    if not waiting:
        return
    by_id = {row.id: row for row in waiting}
    order = fair_order(
        [Waiting(row.id, owner(row), row.created_at) for row in waiting],
        await _in_hand(session),
        now,
    )
    for position, item in enumerate(order, start=1):
        row = by_id[item.id]
        if row.queue_position != position:
            row.queue_position = position
            await changed(session, row, now)


async def changed(session: AsyncSession, row: JobRow, now: datetime) -> None:
    """Bump the revision of a job and owe its card."""
    row.revision += 1
    await owe_card(session, row, now)


async def job_views(
    session: AsyncSession, rows: Sequence[JobRow], folder: DataFolder
) -> tuple[JobView, ...]:
    """Return the views of `rows`, in their order."""
    ids = [row.id for row in rows]
    concepts = await concepts_of_jobs(session, ids, folder)
    uploads: dict[str, list[Path]] = {job_id: [] for job_id in ids}
    for upload in await session.scalars(
        select(UploadRow).where(UploadRow.job_id.in_(ids)).order_by(UploadRow.position)
    ):
        uploads[upload.job_id].append(folder.absolute(upload.path))
    return tuple(
        JobView(
            id=row.id,
            state=row.state,
            token=row.token,
            initializer=row.initializer,
            learnable_property=row.learnable_property,
            owner=owner(row),
            place=Place(row.workspace, row.channel, row.thread),
            pictures=tuple(uploads[row.id]),
            notes=tuple(map(read_note, row.notes)),
            queue_position=row.queue_position,
            step=row.step,
            max_steps=row.max_steps,
            loss=row.loss,
            eval_loss=row.eval_loss,
            curve=tuple(row.curve),
            eta_seconds=row.eta_seconds,
            preview=None if row.preview is None else folder.absolute(row.preview),
            failure=_failure(row),
            concept=concepts.get(row.id),
            attempt=row.attempt,
            created_at=row.created_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
            revision=row.revision,
            options=JobOptions.model_validate(row.options or {}),
            goes_on_from=row.goes_on_from,
            hosts=dict(row.hosts or {}),
            keep_asked=row.keep_asked,
            evaluating=row.evaluating,
        )
        for row in rows
    )


def owner(row: JobRow) -> Person:
    """Return who asked for a job."""
    return Person(row.workspace, row.user)


def progress_of(row: JobRow) -> Progress:
    """Return how far the row says that a job is."""
    return Progress(
        row.step,
        row.max_steps,
        row.loss,
        row.eval_loss,
        tuple(row.curve),
        row.eta_seconds,
        row.preview,
        row.evaluating,
    )


def set_progress(row: JobRow, progress: Progress) -> None:
    """Write `progress`, whose preview is relative to the data folder, to the row."""
    row.step = progress.step
    row.max_steps = progress.max_steps
    row.loss = progress.loss
    row.eval_loss = progress.eval_loss
    row.curve = list(progress.curve)
    row.eta_seconds = progress.eta_seconds
    row.preview = progress.preview
    row.evaluating = progress.evaluating


def safely_held(row: JobRow, holder: str, until: datetime) -> bool:
    """Tell whether `holder` has a lease on the job that lasts at least `until`."""
    return row.held_by == holder and row.lease_until is not None and row.lease_until >= until


async def held_by(session: AsyncSession, holder: str) -> int:
    """Count the jobs that `holder` is responsible for."""
    count = await session.scalar(
        select(func.count())
        .select_from(JobRow)
        .where(JobRow.held_by == holder, JobRow.state.in_(HELD_JOBS))
    )
    return count or 0


def _failure(row: JobRow) -> Failure | None:
    if row.failure_reason is None:
        return None
    return Failure(
        row.failure_reason,
        row.failure_message or "",
        row.failure_hint or "",
        row.failure_host,
        row.failure_log or "",
    )


async def _in_hand(session: AsyncSession) -> dict[Person, int]:
    found = await session.execute(
        select(JobRow.workspace, JobRow.user, func.count())
        .where(JobRow.state.in_(HELD_JOBS))
        .group_by(JobRow.workspace, JobRow.user)
    )
    return {Person(workspace, user): count for workspace, user, count in found}


async def open_jobs_of(session: AsyncSession, person: Person, but: str = "") -> int:
    """Count somebody's jobs that have not ended, without the job `but`."""
    count = await session.scalar(
        select(func.count())
        .select_from(JobRow)
        .where(
            JobRow.workspace == person.workspace,
            JobRow.user == person.user,
            JobRow.state.in_(ACTIVE_JOBS),
            JobRow.id != but,
        )
    )
    return count or 0
