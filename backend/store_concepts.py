"""Concepts in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.layout import DataFolder
from backend.models import ConceptRow, ConceptShareRow, ConceptVersionRow, JobRow
from backend.people import Person
from backend.views import CheckpointOf, ConceptView, Share
from cluster.run_dir import NOT_SCORED, Scores


@dataclass(frozen=True, slots=True)
class NewConcept:
    """What a run has learned. `embedding` and `samples` are in their final place already."""

    version: int
    base_hash: str
    embedding: Path
    sha256: str
    vectors: int
    improvement: float | None
    samples: tuple[Path, ...]
    scores: Scores = NOT_SCORED


async def find_concept(session: AsyncSession, workspace: str, token: str) -> ConceptRow | None:
    """Return the row of a token, None if the workspace has no such concept."""
    return await session.scalar(
        select(ConceptRow).where(ConceptRow.workspace == workspace, ConceptRow.token == token)
    )


async def add_version(
    session: AsyncSession, job: JobRow, new: NewConcept, folder: DataFolder, now: datetime
) -> None:
    """Store `new` as a version of the token of `job`, in the caller's transaction."""
    concept = await find_concept(session, job.workspace, job.token)
    if concept is None:
        concept = ConceptRow(
            workspace=job.workspace, token=job.token, user=job.user, created_at=now
        )
        session.add(concept)
        await session.flush()
    concept.current = None
    session.add(
        ConceptVersionRow(
            concept_id=concept.id,
            version=new.version,
            job_id=job.id,
            initializer=job.initializer,
            learnable_property=job.learnable_property,
            base_hash=new.base_hash,
            embedding=folder.relative(new.embedding),
            sha256=new.sha256,
            vectors=new.vectors,
            improvement=new.improvement,
            scores=new.scores.model_dump(exclude_none=True),
            samples=[folder.relative(sample) for sample in new.samples],
            created_at=now,
        )
    )
    await session.flush()


async def concepts_of_jobs(
    session: AsyncSession, job_ids: Sequence[str], folder: DataFolder
) -> dict[str, ConceptView]:
    """Return what each of the jobs has taught, by job id."""
    found = await session.execute(
        select(ConceptRow, ConceptVersionRow)
        .join(ConceptVersionRow, ConceptVersionRow.concept_id == ConceptRow.id)
        .where(ConceptVersionRow.job_id.in_(job_ids))
    )
    return {version.job_id or "": concept_view(row, version, folder) for row, version in found}


class ConceptStore:
    """Reads concepts; they are written when their job ends, or when they are imported."""

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self._database = database
        self._folder = folder

    async def all_of(self, workspace: str) -> tuple[ConceptView, ...]:
        """Return all concepts of a workspace in the version that is in use, by token."""
        latest = (
            select(ConceptVersionRow.concept_id, func.max(ConceptVersionRow.version).label("top"))
            .group_by(ConceptVersionRow.concept_id)
            .subquery()
        )
        async with self._database.reading() as session:
            found = await session.execute(
                select(ConceptRow, ConceptVersionRow)
                .join(latest, latest.c.concept_id == ConceptRow.id)
                .join(
                    ConceptVersionRow,
                    (ConceptVersionRow.concept_id == ConceptRow.id)
                    & (
                        ConceptVersionRow.version == func.coalesce(ConceptRow.current, latest.c.top)
                    ),
                )
                .where(ConceptRow.workspace == workspace)
                .order_by(ConceptRow.token)
            )
            rows = found.all()
            shares = await shares_of(session, [row.id for row, _ in rows])
            return tuple(
                concept_view(row, version, self._folder, shares[row.id]) for row, version in rows
            )

    async def workspaces(self) -> tuple[str, ...]:
        """Return every workspace that has a concept or a job."""
        async with self._database.reading() as session:
            found = await session.scalars(
                select(ConceptRow.workspace).union(select(JobRow.workspace))
            )
            return tuple(sorted(found))

    async def next_version(self, workspace: str, token: str) -> int:
        """Return the number that the next version of a token gets; 1 for a new token."""
        async with self._database.reading() as session:
            top = await session.scalar(
                select(func.max(ConceptVersionRow.version))
                .join(ConceptRow, ConceptVersionRow.concept_id == ConceptRow.id)
                .where(ConceptRow.workspace == workspace, ConceptRow.token == token)
            )
            return (top or 0) + 1


async def shares_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, frozenset[Share]]:
    """Return whom concepts are shared with, by the ids of their rows."""
    shares: dict[int, set[Share]] = {one: set() for one in ids}
    for row in await session.scalars(
        select(ConceptShareRow).where(ConceptShareRow.concept_id.in_(ids))
    ):
        shares[row.concept_id].add(Share(row.kind, row.subject))
    return {one: frozenset(found) for one, found in shares.items()}


def concept_view(
    row: ConceptRow,
    version: ConceptVersionRow,
    folder: DataFolder,
    shares: frozenset[Share] = frozenset(),
) -> ConceptView:
    """Return what callers see of a version."""
    return ConceptView(
        token=row.token,
        version=version.version,
        owner=Person(row.workspace, row.user),
        initializer=version.initializer,
        learnable_property=version.learnable_property,
        base_hash=version.base_hash,
        sha256=version.sha256,
        vectors=version.vectors,
        embedding=folder.absolute(version.embedding),
        created_at=version.created_at,
        improvement=version.improvement,
        scores=Scores.model_validate(version.scores or {}),
        samples=tuple(folder.absolute(sample) for sample in version.samples),
        job_id=version.job_id,
        is_private=row.is_private,
        shares=shares,
        checkpoint=_checkpoint(version),
    )


def _checkpoint(version: ConceptVersionRow) -> CheckpointOf | None:
    if version.checkpoint_of is None or version.checkpoint_step is None:
        return None
    return CheckpointOf(version.checkpoint_of, version.checkpoint_step)
