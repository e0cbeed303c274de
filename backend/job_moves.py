"""A job's move from one state to the next, in the database."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.job_rows import changed, renumber, set_progress
from backend.jobs import ENDED_JOBS, JobEvent, JobState, after
from backend.models import JobRow
from backend.policy import Progress


async def moved_on(session: AsyncSession, row: JobRow, event: JobEvent, now: datetime) -> None:
    """Move a job on; the queue's lock is held. A move that the state machine lacks does nothing."""
    state = after(row.state, event)
    if state is None or state is row.state:
        return
    row.state = state
    row.queue_position = None
    if state is JobState.PREPARING:
        row.started_at = now
    if state is JobState.QUEUED:
        row.attempt += 1
        row.held_by = row.lease_until = row.hosts = None
        # What was good enough may be gone: whoever sees the new attempt can say so again.
        row.keep_asked = False
        set_progress(row, Progress(max_steps=row.max_steps))
    if state in ENDED_JOBS:
        row.ended_at = now
        row.eta_seconds = None
        row.held_by = row.lease_until = None
    await changed(session, row, now)
    await session.flush()
    await renumber(session, now)
