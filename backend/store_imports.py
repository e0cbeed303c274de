"""Concepts that come from a file, in the database."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.errors import BackendError, ErrorCode
from backend.job_tokens import active_job_of, being_taught, taken_unseen
from backend.layout import DataFolder
from backend.models import ConceptRow, ConceptVersionRow
from backend.people import Person
from backend.rows import lock_job_queue
from backend.saving import saving
from backend.store_concepts import concept_view, find_concept
from backend.views import CheckpointOf, ConceptView
from cluster.embedding_file import EmbeddingFile, write_embedding
from cluster.spec import LearnableProperty


@dataclass(frozen=True, slots=True)
class NewImport:
    """A checked embedding, and whose it is to be. `sha256` is of the bytes of its rows.

    `checkpoint` says of which job it is a step, if it is one, and `sample` is a picture of it.
    """

    by: Person
    base_hash: str
    embedding: EmbeddingFile
    sha256: str
    initializer: str
    learnable_property: LearnableProperty
    checkpoint: CheckpointOf | None = None
    sample: Path | None = None


class ImportStore:
    """Adds imported versions, one at a time: a version's file and row always belong together."""

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self._database = database
        self._folder = folder

    async def add(self, new: NewImport, now: datetime) -> tuple[ConceptView, bool]:
        """Store a version and put its file in place; return it and whether it is new.

        It is not new if the version in use has the same rows and base model: nothing is changed
        then. Raises BackendError: token_taken while a job teaches the token, not_yours if the
        concept is somebody else's, cannot_save.
        """
        workspace, token = new.by.workspace, new.embedding.token
        waiting = self._folder.incoming_embedding(workspace, uuid4().hex)
        try:
            with saving():
                await asyncio.to_thread(write_embedding, waiting, new.embedding)
            async with self._database.writing() as session:
                await lock_job_queue(session)
                # First whether it may be seen at all, then what is being done to it.
                concept = await self._concept(session, new, now)
                if (job := await active_job_of(session, workspace, token)) is not None:
                    raise being_taught(job)
                latest = await _latest(session, concept)
                in_use = latest
                if latest is not None and concept.current is not None:
                    in_use = await session.get(ConceptVersionRow, (concept.id, concept.current))
                if in_use is not None and _same(in_use, new):
                    return concept_view(concept, in_use, self._folder), False
                concept.current = None
                number = 1 if latest is None else latest.version + 1
                path = self._folder.embedding(workspace, token, number)
                samples = await self._sampled(new, number)
                version = ConceptVersionRow(
                    concept_id=concept.id,
                    version=number,
                    job_id=None,
                    checkpoint_of=None if new.checkpoint is None else new.checkpoint.job_id,
                    checkpoint_step=None if new.checkpoint is None else new.checkpoint.step,
                    initializer=new.initializer,
                    learnable_property=new.learnable_property,
                    base_hash=new.base_hash,
                    embedding=self._folder.relative(path),
                    sha256=new.sha256,
                    vectors=len(new.embedding.rows),
                    improvement=None,
                    samples=[self._folder.relative(one) for one in samples],
                    created_at=now,
                )
                session.add(version)
                await session.flush()
                # Before the commit, so that no row is ever without its file. A file that is left
                # without its row is replaced by the next one of its number.
                await asyncio.to_thread(waiting.replace, path)
                return concept_view(concept, version, self._folder), True
        finally:
            await asyncio.to_thread(waiting.unlink, missing_ok=True)

    async def _sampled(self, new: NewImport, number: int) -> tuple[Path, ...]:
        """Copy the picture of a version, if there is one, to where samples lie."""
        if new.sample is None:
            return ()
        path = self._folder.sample(new.by.workspace, new.embedding.token, number, 0)
        with saving():
            await asyncio.to_thread(shutil.copyfile, new.sample, path)
        return (path,)

    async def _concept(self, session: AsyncSession, new: NewImport, now: datetime) -> ConceptRow:
        by, token = new.by, new.embedding.token
        concept = await find_concept(session, by.workspace, token)
        if concept is None:
            concept = ConceptRow(workspace=by.workspace, token=token, user=by.user, created_at=now)
            session.add(concept)
            await session.flush()
        elif concept.user != by.user:
            if concept.is_private:
                raise taken_unseen(token)
            raise BackendError(
                ErrorCode.NOT_YOURS,
                f"{token} belongs to somebody else.",
                "Choose another name.",
                by=Person(concept.workspace, concept.user),
                at=concept.created_at,
                case="other-concept",
                facts={"token": token},
            )
        return concept


async def _latest(session: AsyncSession, concept: ConceptRow) -> ConceptVersionRow | None:
    return await session.scalar(
        select(ConceptVersionRow)
        .where(ConceptVersionRow.concept_id == concept.id)
        .order_by(ConceptVersionRow.version.desc())
        .limit(1)
    )


def _same(version: ConceptVersionRow, new: NewImport) -> bool:
    return (version.sha256, version.base_hash) == (new.sha256, new.base_hash)
