"""What is done to concepts that are there: names, versions, sharing, and their end."""

import asyncio
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.concept_moves import Moves, drop, put_in_place, taken_away
from backend.database import Database
from backend.errors import BackendError, ErrorCode
from backend.job_rows import changed
from backend.job_tokens import active_job_of, being_taught, token_taken
from backend.jobs import OPEN_PICTURES, JobState
from backend.layout import DataFolder
from backend.models import (
    ConceptRow,
    ConceptShareRow,
    ConceptVersionRow,
    JobRow,
    PictureRow,
    RenderRow,
    UploadRow,
)
from backend.people import Person
from backend.rows import insert_once, lock_job_queue
from backend.store_concepts import concept_view, find_concept, shares_of
from backend.views import Share, VersionView


class ConceptCareStore:
    """Changes concepts, one at a time, so that files and rows always belong together."""

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self._database = database
        self._folder = folder

    async def versions(self, workspace: str, token: str) -> tuple[VersionView, ...]:
        """Return the versions of a concept, newest first; none if it is not there."""
        async with self._database.reading() as session:
            concept = await find_concept(session, workspace, token)
            if concept is None:
                return ()
            found = await session.execute(
                select(ConceptVersionRow, JobRow.user)
                .outerjoin(JobRow, JobRow.id == ConceptVersionRow.job_id)
                .where(ConceptVersionRow.concept_id == concept.id)
                .order_by(ConceptVersionRow.version.desc())
            )
            rows = found.all()
            shares = (await shares_of(session, [concept.id]))[concept.id]
            current = concept.current or (rows[0][0].version if rows else 0)
            return tuple(
                VersionView(
                    concept_view(concept, row, self._folder, shares),
                    Person(workspace, user or concept.user),
                    row.version == current,
                )
                for row, user in rows
            )

    async def use(self, workspace: str, token: str, version: int) -> bool:
        """Draw with another version from now on; False if there is none of that number."""
        async with self._database.writing() as session:
            concept = await _locked(session, workspace, token)
            if await session.get(ConceptVersionRow, (concept.id, version)) is None:
                return False
            top = await session.scalar(
                select(func.max(ConceptVersionRow.version)).where(
                    ConceptVersionRow.concept_id == concept.id
                )
            )
            # The highest is in use by itself: so is then the next one that is taught.
            concept.current = None if version == top else version
            return True

    async def share(self, workspace: str, token: str, share: Share) -> None:
        """Let one more person or channel have a private concept."""
        async with self._database.writing() as session:
            concept = await _locked(session, workspace, token)
            await insert_once(
                session,
                ConceptShareRow,
                {"concept_id": concept.id, "kind": share.kind, "subject": share.subject},
            )

    async def set_private(self, workspace: str, token: str, is_private: bool) -> None:
        """Make a concept its owner's alone, or everyone's; whom it was shared with is forgotten."""
        async with self._database.writing() as session:
            concept = await _locked(session, workspace, token)
            concept.is_private = is_private
            await session.execute(
                delete(ConceptShareRow).where(ConceptShareRow.concept_id == concept.id)
            )

    async def rename(self, by: Person, old: str, new: str, now: datetime) -> None:
        """Give a concept another token, in its files too.

        Raises BackendError: unknown_token, in_use, token_taken, bad_concept.
        """
        workspace = by.workspace
        moves = Moves(self._folder, workspace, new)
        try:
            async with self._database.writing() as session:
                await lock_job_queue(session)
                concept = await _locked(session, workspace, old)
                await _check_idle(session, workspace, old)
                if (taken := await token_taken(session, by, new)) is not None:
                    raise taken
                versions = await _versions(session, concept)
                taught = _of_concept(concept, versions)
                for version in versions:
                    move = moves.plan(version)
                    await asyncio.to_thread(put_in_place, move)
                    version.embedding = self._folder.relative(move.embedding)
                    version.samples = [self._folder.relative(path) for path in move.samples]
                concept.token = new
                for job in await session.scalars(select(JobRow).where(taught).with_for_update()):
                    job.token = new
                    await changed(session, job, now)
        except BaseException:
            await asyncio.to_thread(drop, moves.made)
            raise
        await asyncio.to_thread(drop, moves.left)

    async def delete(self, workspace: str, token: str, now: datetime) -> None:
        """Remove a concept and what it was taught from; what was drawn with it stays.

        Raises BackendError: unknown_token, in_use.
        """
        async with self._database.writing() as session:
            await lock_job_queue(session)
            concept = await _locked(session, workspace, token)
            await _check_idle(session, workspace, token)
            versions = await _versions(session, concept)
            files = taken_away(self._folder, versions)
            # The owner's own failed attempts too: their photos are of the same thing.
            tried = and_(
                JobRow.workspace == workspace, JobRow.token == token, JobRow.user == concept.user
            )
            found = await session.scalars(
                select(JobRow)
                .where(or_(_of_concept(concept, versions), tried))
                .order_by(JobRow.id)
                .with_for_update()
            )
            jobs = list(found)
            ids = [job.id for job in jobs]
            folders = [path for job_id in ids for path in _folders_of(self._folder, job_id)]
            await session.delete(concept)
            await session.flush()
            await session.execute(delete(UploadRow).where(UploadRow.job_id.in_(ids)))
            for job in jobs:
                job.preview = None
                if job.state in (JobState.READY, JobState.FAILED):
                    # Its card has buttons for what is not there any more.
                    await changed(session, job, now)
        # After the commit: a file without its row is only room on the disk.
        await asyncio.to_thread(drop, files)
        for folder in folders:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _locked(session: AsyncSession, workspace: str, token: str) -> ConceptRow:
    concept = await session.scalar(
        select(ConceptRow)
        .where(ConceptRow.workspace == workspace, ConceptRow.token == token)
        .with_for_update()
    )
    if concept is None:
        raise BackendError(
            ErrorCode.UNKNOWN_TOKEN,
            f"{token} is not here any more.",
            case="gone",
            facts={"token": token},
        )
    return concept


async def _versions(session: AsyncSession, concept: ConceptRow) -> list[ConceptVersionRow]:
    found = await session.scalars(
        select(ConceptVersionRow)
        .where(ConceptVersionRow.concept_id == concept.id)
        .order_by(ConceptVersionRow.version)
    )
    return list(found)


def _of_concept(concept: ConceptRow, versions: Sequence[ConceptVersionRow]) -> ColumnElement[bool]:
    """Return which jobs are a concept's; others may have failed to teach the same token before."""
    return or_(
        JobRow.id.in_([version.job_id for version in versions if version.job_id is not None]),
        # Asked for a further version, and came to nothing so far.
        and_(
            JobRow.workspace == concept.workspace,
            JobRow.token == concept.token,
            JobRow.is_further,
            JobRow.created_at >= concept.created_at,
        ),
    )


async def _check_idle(session: AsyncSession, workspace: str, token: str) -> None:
    """Refuse while the concept is being taught again or drawn with; raises BackendError."""
    if (job := await active_job_of(session, workspace, token)) is not None:
        busy = being_taught(job)
        raise BackendError(
            ErrorCode.IN_USE,
            busy.message,
            "Wait until that job has ended, or cancel it.",
            by=busy.by,
            at=busy.at,
            case=busy.case,
            facts=busy.facts,
        )
    recipes = await session.scalars(
        select(PictureRow.recipe)
        .join(RenderRow, RenderRow.id == PictureRow.render_id)
        .where(RenderRow.workspace == workspace, PictureRow.state.in_(OPEN_PICTURES))
    )
    waiting = sum(
        any(ref.get("token") == token for ref in recipe.get("concepts", ())) for recipe in recipes
    )
    if waiting:
        pictures = "1 picture" if waiting == 1 else f"{waiting} pictures"
        raise BackendError(
            ErrorCode.IN_USE,
            f"{token} is being drawn with: {pictures} are not finished.",
            "Ask again once they are, or cancel them.",
            case="drawn-with",
            facts={"token": token, "pictures": waiting},
        )


def _folders_of(folder: DataFolder, job_id: str) -> list[Path]:
    """Everything on the disk that has the photos of a job, or what was learned from them."""
    return [
        folder.uploads(job_id),
        folder.run(job_id),
        *folder.runs.glob(f"{job_id}.attempt-*"),
    ]
