"""The use cases about concepts that are there, or come from a file. A part of the service."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

from backend import checks, imports, roles, uploads
from backend.errors import BackendError, ErrorCode
from backend.job_rows import NewJob
from backend.people import Asker
from backend.requests import ImportRequest, IncomingPicture, RetrainRequest
from backend.service_parts import ServiceParts
from backend.views import ConceptView, ImportView, JobView, Share, VersionView


@dataclass(frozen=True, slots=True)
class SharedView:
    """What came of sharing a concept. `was_everyones`: nothing had to be done."""

    concept: ConceptView
    was_everyones: bool


class ConceptCare(ServiceParts):
    """Looks after concepts. Who does not see a private one is told that nobody has taught it."""

    async def concepts(self, workspace: str, asker: Asker | None = None) -> tuple[ConceptView, ...]:
        """Return what is there for somebody, by token; for nobody in particular what is everyone's.

        Raises BackendError (guest, not_allowed).
        """
        if asker is not None:
            await self._let_in(asker)
        return await self._visible(workspace, asker)

    async def concept(self, workspace: str, token: str, asker: Asker | None = None) -> ConceptView:
        """Return a concept.

        Raises BackendError (bad_placeholder, unknown_token, guest, not_allowed).
        """
        if asker is not None:
            await self._let_in(asker)
        return await self._known(workspace, token, asker)

    async def import_concept(self, request: ImportRequest) -> ImportView:
        """Take an embedding over as a new version of a concept, after checking all of it.

        The file itself is not needed afterwards. Raises BackendError: bad_embedding,
        unsafe_embedding, bad_placeholder, token_taken, not_yours, base_model, guest, not_allowed,
        draining.
        """
        asker = Asker(request.by, request.standing, request.channel)
        rules = await self._store.rules.rules(request.by.workspace)
        roles.check_teacher(rules, asker)
        base = await self._base.get()
        checked = await asyncio.to_thread(imports.check, request, base)
        concept, is_new = await self._store.imports.add(checked.concept, self._now())
        return ImportView(concept, is_new, checked.format, checked.warnings)

    async def rename(self, asker: Asker, old: str, new: str) -> ConceptView:
        """Give a concept another token; pictures that were drawn keep their recipes.

        Raises BackendError: bad_placeholder, unknown_token, not_yours, token_taken, in_use,
        bad_concept, cannot_save, guest, not_allowed.
        """
        concept = await self._kept_by(asker, old)
        token = checks.checked_token(new)
        base = await self._base.get()
        checks.check_not_in_base(token, base.vocabulary)
        if token != concept.token:
            await self._store.care.rename(asker.person, concept.token, token, self._now())
        return await self._known(asker.person.workspace, token, asker)

    async def may_delete(self, asker: Asker, token: str) -> ConceptView:
        """Return a concept that somebody may delete; raises what `delete` would."""
        return await self._kept_by(asker, token)

    async def delete(self, asker: Asker, token: str) -> ConceptView:
        """Remove a concept with its versions, samples and the photos it was taught from.

        Pictures that were drawn with it stay. Raises BackendError: bad_placeholder,
        unknown_token, not_yours, in_use, guest, not_allowed.
        """
        concept = await self._kept_by(asker, token)
        await self._store.care.delete(asker.person.workspace, concept.token, self._now())
        return concept

    async def versions(self, asker: Asker, token: str) -> tuple[VersionView, ...]:
        """Return the versions of a concept, newest first.

        Raises BackendError: bad_placeholder, unknown_token, guest, not_allowed.
        """
        workspace = asker.person.workspace
        concept = await self.concept(workspace, token, asker)
        return await self._store.care.versions(workspace, concept.token)

    async def use_version(self, asker: Asker, token: str, version: int) -> ConceptView:
        """Draw with another version of a concept from now on.

        Raises BackendError: bad_placeholder, unknown_token, bad_number, not_yours, guest,
        not_allowed.
        """
        workspace = asker.person.workspace
        concept = await self._kept_by(asker, token)
        if not await self._store.care.use(workspace, concept.token, version):
            there = [one.concept.version for one in await self.versions(asker, concept.token)]
            raise BackendError(
                ErrorCode.BAD_NUMBER,
                f"{concept.token} has no version {version}.",
                f"There is {', '.join(map(str, sorted(there)))}.",
                case="no-version",
                facts={
                    "token": concept.token,
                    "version": version,
                    "versions": tuple(map(str, sorted(there))),
                },
            )
        return await self._known(workspace, concept.token, asker)

    async def share(self, asker: Asker, token: str, share: Share | None) -> SharedView:
        """Let one more person or channel, or everyone (None), have a concept.

        Raises BackendError: bad_placeholder, unknown_token, not_yours, guest, not_allowed.
        """
        workspace = asker.person.workspace
        concept = await self._kept_by(asker, token)
        if not concept.is_private:
            return SharedView(concept, True)
        if share is None:
            await self._store.care.set_private(workspace, concept.token, False)
        else:
            await self._store.care.share(workspace, concept.token, share)
        return SharedView(await self._known(workspace, concept.token, asker), False)

    async def make_private(self, asker: Asker, token: str) -> ConceptView:
        """Keep a concept to its owner, until it is shared again.

        Raises BackendError: bad_placeholder, unknown_token, not_yours, guest, not_allowed.
        """
        workspace = asker.person.workspace
        concept = await self._kept_by(asker, token)
        await self._store.care.set_private(workspace, concept.token, True)
        # An admin may have done this for somebody else, and does not see it any more.
        found = {one.token: one for one in await self._store.concepts.all_of(workspace)}
        return found.get(concept.token, concept)

    async def retrain(self, request: RetrainRequest) -> JobView:
        """Queue a job for a new version of a concept, from the pictures that were kept.

        Raises BackendError: bad_placeholder, unknown_token, not_yours, no_pictures, token_taken,
        cannot_save, quota_reached, guest, not_allowed, draining.
        """
        if (there := await self._store.jobs.by_key(request.key)) is not None:
            return there
        asker = Asker(request.by, request.standing, request.place.channel)
        rules = await self._store.rules.rules(request.by.workspace)
        roles.check_teacher(rules, asker)
        concept = await self._kept_by(asker, request.token)
        source = concept.job_id
        if concept.checkpoint is not None:
            source = concept.checkpoint.job_id
        earlier = None if source is None else await self._store.jobs.get(source)
        pictures = () if earlier is None else earlier.pictures
        kept_ones = await asyncio.to_thread(_that_are_there, pictures)
        if earlier is None or not kept_ones:
            raise BackendError(
                ErrorCode.NO_PICTURES,
                f"No pictures of {concept.token} were kept: it came from a file.",
                "Teach it from pictures, under another name.",
                case="not-kept",
                facts={"token": concept.token},
            )
        job_id = uuid4().hex
        folder = self._store.folder.uploads(job_id)
        kept = await asyncio.to_thread(uploads.keep, kept_ones, folder)
        options = earlier.options.model_copy(update={"stop_when_flat": None})
        new = NewJob(
            id=job_id,
            key=request.key,
            token=concept.token,
            initializer=earlier.initializer,
            learnable_property=earlier.learnable_property,
            by=request.by,
            place=request.place,
            uploads=kept,
            notes=(),
            max_steps=options.max_steps or self._cluster.max_steps,
            is_further=True,
            options=options,
        )
        job: JobView | None = None
        try:
            job = await self._store.jobs.add(
                new, self._now(), partial(roles.check_open_jobs, rules)
            )
        finally:
            if job is None or job.id != job_id:
                await asyncio.to_thread(uploads.forget, folder)
        return job

    async def _kept_by(self, asker: Asker, token: str) -> ConceptView:
        """Return a concept that somebody may change."""
        concept = await self.concept(asker.person.workspace, token, asker)
        roles.check_keeper(concept, asker)
        return concept


def _that_are_there(pictures: tuple[Path, ...]) -> tuple[IncomingPicture, ...]:
    return tuple(
        IncomingPicture(path.name, path, f"kept:{path.parent.name}/{path.name}")
        for path in pictures
        if path.is_file()
    )
