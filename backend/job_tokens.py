"""Whether a token can be had: by whom, and since when, it is taken. Inside a transaction."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import BackendError, ErrorCode
from backend.job_rows import owner
from backend.jobs import ACTIVE_JOBS
from backend.models import JobRow
from backend.people import Person
from backend.store_concepts import find_concept


async def token_taken(
    session: AsyncSession, by: Person, token: str, but: str = ""
) -> BackendError | None:
    """Return the error that says since when a token is taken, and by whom; None if it is free.

    The job with the id `but` does not count. `by` is who wants the token: of somebody else's
    private concept they learn no more than that they cannot have it.
    """
    workspace = by.workspace
    concept = await find_concept(session, workspace, token)
    if concept is not None and concept.is_private and concept.user != by.user:
        return taken_unseen(token)
    if concept is not None:
        return BackendError(
            ErrorCode.TOKEN_TAKEN,
            f"{token} was taught already, on {concept.created_at:%d %B %Y}.",
            "Choose another name, or imagine with this one.",
            by=Person(concept.workspace, concept.user),
            at=concept.created_at,
            case="taught",
            facts={"token": token},
        )
    job = await active_job_of(session, workspace, token, but)
    return None if job is None else being_taught(job)


async def active_job_of(
    session: AsyncSession, workspace: str, token: str, but: str = ""
) -> JobRow | None:
    """Return the job in progress, other than `but`, that teaches a token."""
    return await session.scalar(
        select(JobRow).where(
            JobRow.workspace == workspace,
            JobRow.token == token,
            JobRow.state.in_(ACTIVE_JOBS),
            JobRow.id != but,
        )
    )


def taken_unseen(token: str) -> BackendError:
    """Return the error over a token that belongs to what somebody may not see."""
    return BackendError(
        ErrorCode.TOKEN_TAKEN,
        f"{token} cannot be had here.",
        "Choose another name.",
        case="hidden",
        facts={"token": token},
    )


async def why_not_again(session: AsyncSession, row: JobRow) -> BackendError | None:
    """Return why a failed job cannot have another attempt; None if it can."""
    concept = await find_concept(session, row.workspace, row.token)
    if concept is None or (row.is_further and concept.created_at < row.created_at):
        # Of the concept that is there it was asked for a further version.
        other = await active_job_of(session, row.workspace, row.token, row.id)
        return None if other is None else being_taught(other)
    return await token_taken(session, Person(row.workspace, row.user), row.token, row.id)


def being_taught(job: JobRow) -> BackendError:
    """Return the error that says that `job` has its token in hand."""
    return BackendError(
        ErrorCode.TOKEN_TAKEN,
        f"{job.token} is being taught right now, since {job.created_at:%H:%M} UTC.",
        "Choose another name, or wait until that job has ended.",
        by=owner(job),
        at=job.created_at,
        case="being-taught",
        facts={"token": job.token},
    )
