"""What can be asked for about a job that is there: keep, retry, train longer; its outlook."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import uuid4

from backend import imports, roles, uploads
from backend.checkpoint_choice import Checkpoint, checkpoints_of
from backend.errors import BackendError, ErrorCode
from backend.forecast import forecast
from backend.job_options import check_options
from backend.job_rows import NewJob
from backend.jobs import ACTIVE_JOBS, JobState
from backend.people import Asker, Place
from backend.picture_review import Review, Tile, review_pictures, tiles_of
from backend.requests import ImportRequest, IncomingPicture
from backend.service_parts import ServiceParts
from backend.views import CheckpointOf, ConceptView, JobView
from cluster.run_dir import RunDir


class JobCare(ServiceParts):
    """A part of the service. Every method may raise BackendError."""

    async def keep(self, job_id: str, asker: Asker) -> JobView:
        """End a running job with the best rows so far, which become its concept.

        Raises BackendError: not_found, not_yours, already_ended (or not begun).
        """
        job = await self._of(job_id, asker)
        kept = await self._store.jobs.ask_to_keep(job.id, self._now())
        if kept is None:
            raise BackendError(
                ErrorCode.ALREADY_ENDED,
                f"{job.token} is not being learned at this moment, so there is nothing to keep.",
                case="nothing-to-keep",
                facts={"token": job.token},
            )
        return kept

    async def retry(self, job_id: str, asker: Asker) -> JobView:
        """Give a failed job another attempt, with the same pictures and settings.

        One that is in hand again already is returned as it is. Raises BackendError: not_found,
        not_yours, already_ended, token_taken, no_pictures, quota_reached, guest, not_allowed,
        draining.
        """
        job = await self._of(job_id, asker)
        rules = await self._store.rules.rules(asker.person.workspace)
        roles.check_teacher(rules, asker)
        if job.state in ACTIVE_JOBS:
            return job
        if not job.pictures:
            raise BackendError(
                ErrorCode.NO_PICTURES,
                f"The pictures of {job.token} were deleted with it.",
                "Teach it from other ones.",
                case="deleted",
                facts={"token": job.token},
            )
        again = await self._store.jobs.ask_to_retry(
            job.id, self._now(), partial(roles.check_open_jobs, rules)
        )
        if again is None:
            raise BackendError(
                ErrorCode.ALREADY_ENDED,
                "It has not failed; nothing is to be retried.",
                case="not-failed",
            )
        return again

    async def train_longer(self, job_id: str, asker: Asker, place: Place, key: str) -> JobView:
        """Queue a job that goes on from the last rows of a ready one, with as many steps again.

        Its concept becomes a further version. Raises BackendError: not_found, not_yours,
        already_ended, token_taken, bad_number, quota_reached, guest, not_allowed, draining.
        """
        if (there := await self._store.jobs.by_key(key)) is not None:
            return there
        job = await self._of(job_id, asker)
        rules = await self._store.rules.rules(asker.person.workspace)
        roles.check_teacher(rules, asker)
        run = RunDir(self._store.folder.run(job.id))
        if job.state is not JobState.READY or not any(run.checkpoints.glob("step-*.state")):
            raise BackendError(
                ErrorCode.ALREADY_ENDED,
                f"There is nothing of {job.token} left to go on from.",
                "Teach it again.",
                case="nothing-left",
                facts={"token": job.token},
            )
        steps = job.step + (self._cluster.max_steps if job.goes_on_from else job.max_steps)
        options = job.options.model_copy(update={"max_steps": steps, "stop_when_flat": False})
        check_options(options)
        new_id = uuid4().hex
        folder = self._store.folder.uploads(new_id)
        sources = await self._store.jobs.uploads_of(job.id)
        pictures = tuple(IncomingPicture(one.name, one.path, one.source) for one in sources)
        kept = await asyncio.to_thread(uploads.keep, pictures, folder)
        new = NewJob(
            id=new_id,
            key=key,
            token=job.token,
            initializer=job.initializer,
            learnable_property=job.learnable_property,
            by=asker.person,
            place=place,
            uploads=kept,
            notes=(),
            max_steps=steps,
            is_further=True,
            options=options,
            goes_on_from=job.id,
        )
        added: JobView | None = None
        try:
            added = await self._store.jobs.add(
                new, self._now(), partial(roles.check_open_jobs, rules)
            )
        finally:
            if added is None or added.id != new_id:
                await asyncio.to_thread(uploads.forget, folder)
        return added

    async def review(self, pictures: Sequence[IncomingPicture]) -> Review:
        """Look through pictures before anything is queued, and show them as they are trained on.

        Raises BackendError (base_model).
        """
        base = await self._base.get()
        crop, side = self._cluster.center_crop, base.resolution // 2
        return await asyncio.to_thread(review_pictures, pictures, side, crop)

    async def sheet(self, job_id: str) -> tuple[Tile, ...]:
        """Return the pictures of a job as they are trained on."""
        uploaded = await self._store.jobs.uploads_of(job_id)
        return await asyncio.to_thread(tiles_of, uploaded, self._cluster.center_crop)

    async def checkpoints(self, job_id: str, asker: Asker) -> tuple[Checkpoint, ...]:
        """Return what there is to choose from of a ready job, oldest first.

        Raises BackendError: not_found, not_yours, already_ended (nothing is left).
        """
        job = await self._of(job_id, asker)
        run = RunDir(self._store.folder.run(job.id))
        found = await asyncio.to_thread(checkpoints_of, run)
        if job.state is not JobState.READY or not found:
            raise BackendError(
                ErrorCode.ALREADY_ENDED,
                f"There are no checkpoints of {job.token} to choose from.",
                case="no-checkpoints",
                facts={"token": job.token},
            )
        return found

    async def choose_checkpoint(self, job_id: str, step: int, asker: Asker) -> ConceptView:
        """Make what a job had learned by `step` the newest version of its concept.

        Raises BackendError: what `checkpoints` raises, not_found, token_taken while the concept is
        being taught.
        """
        job = await self._of(job_id, asker)
        found = {one.step: one for one in await self.checkpoints(job_id, asker)}
        if step not in found:
            raise BackendError(
                ErrorCode.NOT_FOUND,
                f"There is no checkpoint of step {step}.",
                case="checkpoint",
                facts={"step": step},
            )
        chosen = found[step]
        # Whose concept it is, an admin may do this for.
        by = job.owner if job.concept is None else job.concept.owner
        request = ImportRequest(chosen.rows, by, job.token, job.learnable_property)
        checked = await asyncio.to_thread(imports.check, request, await self._base.get())
        new = replace(
            checked.concept,
            initializer=job.initializer,
            checkpoint=CheckpointOf(job.id, step),
            sample=chosen.picture,
        )
        concept, _ = await self._store.imports.add(new, self._now())
        return concept

    async def _with_forecast(self, job: JobView) -> JobView:
        """Add to a waiting job when it will be ready, as far as this cluster's past tells."""
        if job.state is not JobState.QUEUED or job.queue_position is None:
            return job
        left, waiting = await self._store.jobs.in_line()
        ahead, own = waiting[: job.queue_position - 1], waiting[job.queue_position - 1 :]
        past = await self._store.jobs.past()
        # The line may have moved on since the job was looked at.
        steps = own[0] if own else job.max_steps
        told = forecast(past, left, ahead, steps, self._settings.slots)
        return replace(job, forecast=told)

    async def _of(self, job_id: str, asker: Asker) -> JobView:
        job = await self._store.jobs.get(job_id)
        if job is None or job.owner.workspace != asker.person.workspace:
            raise _no_such_job()
        if job.owner != asker.person and not asker.standing.is_admin:
            raise BackendError(
                ErrorCode.NOT_YOURS,
                "Only the person who asked for it, or an admin, can do that.",
                case="job",
            )
        if job.owner != asker.person and job.token in await self._hidden_tokens(
            asker.person.workspace, asker
        ):
            raise _no_such_job()
        return job


def _no_such_job() -> BackendError:
    return BackendError(
        ErrorCode.NOT_FOUND,
        "There is no such job here.",
        "It may have been deleted.",
        case="job",
    )
