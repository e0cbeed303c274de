"""The use cases, and the only door into backend. Loads neither torch nor openvino."""

import asyncio
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from backend import checks, roles, starts, uploads
from backend.administration import Administration
from backend.beforehand import Beforehand
from backend.concept_care import ConceptCare
from backend.errors import BackendError, ErrorCode
from backend.gallery import Gallery
from backend.job_care import JobCare
from backend.job_options import check_options
from backend.job_rows import NewJob
from backend.new_recipes import recipes_for
from backend.notes import of_picture
from backend.people import MEMBER, Asker, Person, Place, Standing
from backend.recipe import RANDOM_SEEDS, ConceptRef
from backend.render_rows import NewRender
from backend.requests import ImagineRequest, ImportRequest, IncomingPicture, TeachRequest
from backend.roles import Usage
from backend.views import (
    Delivery,
    Incoming,
    JobView,
    QueueView,
    RenderView,
)
from cluster.placeholder import find_placeholders

__all__ = ["ImagineRequest", "ImportRequest", "IncomingPicture", "Service", "TeachRequest"]


class Service(JobCare, ConceptCare, Administration, Gallery, Beforehand):
    """What the bot can ask for. Every method may raise BackendError."""

    async def receive(self, incoming: Incoming) -> bool:
        """Store a command before it is acknowledged; False if it was received before."""
        return await self._store.inbox.receive(incoming)

    async def settle(self, event_id: str) -> None:
        """Mark a received command as dealt with."""
        await self._store.inbox.settle(event_id, self._now())

    async def unsettled(self) -> tuple[Incoming, ...]:
        """Return the received commands that nobody has dealt with, oldest first."""
        return await self._store.inbox.unsettled()

    async def teach(self, request: TeachRequest) -> JobView:
        """Queue a training job, after checking everything that can be checked before it.

        Pictures that cannot be used are named in the job's notes, if enough others remain.
        The files of the request may be removed afterwards. Raises BackendError: bad_placeholder,
        bad_initializer, no_pictures, too_few_pictures, too_many_pictures, bad_pictures,
        token_taken, base_model, quota_reached, guest, not_allowed, draining.
        """
        if (there := await self._store.jobs.by_key(request.key)) is not None:
            return there
        rules = await self._store.rules.rules(request.by.workspace)
        roles.check_teacher(rules, Asker(request.by, request.standing, request.place.channel))
        token = checks.checked_token(request.token)
        checks.check_picture_number(len(request.pictures), token)
        check_options(request.options)
        base = await self._base.get()
        checks.check_not_in_base(token, base.vocabulary)
        initializer = checks.checked_initializer(request.initializer, base.vocabulary)
        await self._store.jobs.check_token_free(request.by, token, request.key)
        inspected = await asyncio.to_thread(uploads.inspect, request.pictures, base.resolution // 2)
        checks.check_good_pictures(len(inspected.good), inspected.problems)
        job_id = uuid4().hex
        folder = self._store.folder.uploads(job_id)
        kept = await asyncio.to_thread(uploads.keep, inspected.good, folder)
        new = NewJob(
            id=job_id,
            key=request.key,
            token=token,
            initializer=initializer,
            learnable_property=request.learnable_property,
            by=request.by,
            place=request.place,
            uploads=kept,
            notes=tuple(map(of_picture, inspected.problems)),
            max_steps=request.options.max_steps or self._cluster.max_steps,
            options=request.options,
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

    async def imagine(self, request: ImagineRequest) -> RenderView:
        """Queue a render, after checking prompt, concepts, numbers and the picture to begin from.

        The file of that picture may be removed afterwards. Raises BackendError: empty_prompt,
        blocked_prompt, bad_blocklist, unknown_token, prompt_too_long, bad_number, bad_pictures,
        base_model, quota_reached, guest, not_allowed, draining.
        """
        if (there := await self._store.renders.by_key(request.key)) is not None:
            return there
        rules = await self._store.rules.rules(request.by.workspace)
        asker = Asker(request.by, request.standing, request.place.channel)
        roles.check_artist(rules, asker)
        start = await asyncio.to_thread(starts.of_request, request, self._store.folder)
        drawn = await self._drawable(request, asker, None if start is None else start.size)
        recipes = recipes_for(
            drawn.request,
            drawn.prompts,
            drawn.numbers,
            drawn.base.hash,
            tuple(
                ConceptRef(token=one.token, version=one.version, sha256=one.sha256)
                for one in drawn.concepts
            ),
            None if start is None else start.sha256,
            secrets.randbelow(RANDOM_SEEDS),
        )
        render = NewRender(uuid4().hex, request.key, request.by, request.place, recipes)
        now = self._now()

        def admit(usage: Usage) -> None:
            roles.check_quotas(rules, usage, len(recipes), now)

        if start is None:
            return await self._store.renders.add(render, now, admit)
        await asyncio.to_thread(start.keep)
        try:
            view = await self._store.renders.add(render, now, admit)
        except Exception:
            await self._store.starts.release([start.sha256], now)
            raise
        await asyncio.to_thread(start.keep)
        return view

    async def cancel(
        self, thing_id: str, by: Person, standing: Standing = MEMBER
    ) -> JobView | RenderView:
        """Cancel a job or a render of `by`, or, for an admin, of anybody in the workspace.

        A running job is stopping first, then cancelled.

        Raises BackendError: not_found, not_yours, already_ended.
        """
        there = await self._find(thing_id)
        if there is None or there.owner.workspace != by.workspace:
            raise _not_found("job or render")
        if there.owner != by and not standing.is_admin:
            raise BackendError(
                ErrorCode.NOT_YOURS,
                "Only the person who asked for it, or an admin, can cancel it.",
                case="cancel",
            )
        now = self._now()
        if isinstance(there, JobView):
            cancelled: JobView | RenderView | None = await self._store.jobs.ask_to_cancel(
                thing_id, now
            )
        else:
            cancelled = await self._store.renders.cancel(thing_id, now)
        if cancelled is None:
            raise BackendError(
                ErrorCode.ALREADY_ENDED,
                "It has ended already; there is nothing to cancel.",
                case="cancel",
            )
        return cancelled

    async def job(self, job_id: str) -> JobView:
        """Return a training job; raises BackendError (not_found)."""
        job = await self._store.jobs.get(job_id)
        if job is None:
            raise _not_found("job")
        return await self._with_forecast(job)

    async def render(self, render_id: str) -> RenderView:
        """Return a render; raises BackendError (not_found)."""
        render = await self._store.renders.get(render_id)
        if render is None:
            raise _not_found("render")
        return render

    async def workspaces(self) -> tuple[str, ...]:
        """Return the workspaces that something was taught in, or is being taught."""
        return await self._store.concepts.workspaces()

    async def queue(self, workspace: str, asker: Asker | None = None) -> QueueView:
        """Return what has not ended yet in a workspace, as far as it is there for somebody.

        What has private concepts in it is left out for who does not see them. Raises
        BackendError (guest, not_allowed).
        """
        if asker is not None:
            await self._let_in(asker)
        hidden = await self._hidden_tokens(workspace, asker)
        return QueueView(
            tuple(
                job for job in await self._store.jobs.active(workspace) if job.token not in hidden
            ),
            tuple(
                render
                for render in await self._store.renders.open_of(workspace)
                if not hidden.intersection(_tokens_of(render))
            ),
        )

    async def sources_used(self, workspace: str) -> frozenset[str]:
        """Return the sources of pictures that were used to teach; failed jobs use none."""
        return await self._store.jobs.sources_used(workspace)

    async def claim_deliveries(
        self, limit: int, lease_seconds: float, but: Collection[str] = ()
    ) -> tuple[Delivery, ...]:
        """Claim what is owed to places, oldest first, for `lease_seconds`.

        Nothing of the workspaces `but`.
        """
        lease = timedelta(seconds=lease_seconds)
        return await self._store.outbox.claim(limit, self._now(), lease, but)

    async def delivered(self, delivery_id: str, revision: int, receipt: str | None) -> None:
        """Record that a delivery was made; `receipt` None keeps an earlier one."""
        await self._store.outbox.delivered(delivery_id, revision, receipt, self._now())

    async def delivery_failed(
        self, delivery_id: str, error: str, retry_at: datetime | None
    ) -> None:
        """Have a delivery tried again at `retry_at`, or (None) after a growing pause."""
        await self._store.outbox.failed(delivery_id, error, retry_at, self._now())

    async def set_delivery_aside(self, delivery_id: str, error: str) -> None:
        """Have a delivery wait for `resume_deliveries`: nobody is there to get it."""
        await self._store.outbox.set_aside(delivery_id, error)

    async def resume_deliveries(self, workspace: str) -> None:
        """Have everything delivered that a workspace is still owed."""
        await self._store.outbox.resume(workspace, self._now())

    async def note(self, place: Place, text: str, key: str) -> None:
        """Owe a sentence to a place, once for each key."""
        await self._store.outbox.note(place, text, key, self._now())

    async def _find(self, thing_id: str) -> JobView | RenderView | None:
        job = await self._store.jobs.get(thing_id)
        return job if job is not None else await self._store.renders.get(thing_id)


def _tokens_of(render: RenderView) -> frozenset[str]:
    """Return the names in what was asked for; a render that waits has no recipes to look at."""
    return frozenset(
        name for text in (render.prompt, render.negative_prompt) for name in find_placeholders(text)
    )


def _not_found(what: str) -> BackendError:
    return BackendError(
        ErrorCode.NOT_FOUND,
        f"There is no such {what} here.",
        "It may have been deleted.",
        case=what.replace(" ", "-"),
    )
