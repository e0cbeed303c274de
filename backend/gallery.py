"""The use cases about pictures that are drawn. A part of the service."""

import asyncio
import secrets
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from backend import roles
from backend.blocklist import check_allowed, read_blocklist
from backend.errors import BackendError, ErrorCode
from backend.jobs import OPEN_RENDERS
from backend.people import Asker, Person
from backend.recipe import RANDOM_SEEDS, Recipe
from backend.redraws import USUAL_VARIATION, Redraw, RedrawRequest, checked_picture, redrawn
from backend.render_rows import NewRender
from backend.roles import Usage
from backend.service_parts import ServiceParts
from backend.starts import check_there
from backend.views import DeliveryKind, HealthView, RenderView

_LATELY = timedelta(days=1)


class Gallery(ServiceParts):
    """Makes something of pictures that are there, finds them again, removes them."""

    async def redraw(self, request: RedrawRequest) -> RenderView:
        """Queue a render of what comes of a picture.

        Raises BackendError: not_found, bad_recipe, bad_number, blocked_prompt, bad_blocklist,
        unknown_token, bad_pictures, base_model, quota_reached, guest, not_allowed, draining.
        """
        if (there := await self._store.renders.by_key(request.key)) is not None:
            return there
        rules = await self._store.rules.rules(request.by.workspace)
        asker = Asker(request.by, request.standing, request.place.channel)
        roles.check_artist(rules, asker)
        render = await self._render_of(request.render_id, request.by.workspace)
        picture = checked_picture(render, request.index)
        if picture.path is None or not await asyncio.to_thread(picture.path.is_file):
            raise BackendError(
                ErrorCode.NOT_FOUND,
                "The file of this picture is gone.",
                "Its recipe says how to draw it again.",
                case="file-gone",
            )
        await self._check_drawable(picture.recipe, asker)
        recipes = redrawn(
            picture.recipe,
            request.change,
            self._settings.pictures if request.count is None else request.count,
            USUAL_VARIATION if request.strength is None else request.strength,
            secrets.randbelow(RANDOM_SEEDS),
        )
        if len(recipes) > self._settings.max_pictures:
            raise BackendError(
                ErrorCode.BAD_NUMBER,
                f"{len(recipes)} pictures are more than the {self._settings.max_pictures} of one "
                "request.",
                case="too-many-pictures",
                facts={"number": len(recipes), "most": self._settings.max_pictures},
            )
        of = picture.path if request.change is Redraw.UPSCALE else None
        new = NewRender(uuid4().hex, request.key, request.by, request.place, tuple(recipes), of)
        now = self._now()

        def admit(usage: Usage) -> None:
            roles.check_quotas(rules, usage, len(recipes), now)

        return await self._store.renders.add(new, now, admit)

    async def remove_pictures(self, render_id: str, asker: Asker) -> RenderView:
        """Delete the pictures of a render from the data folder; what is not drawn yet never is.

        The picture that they were begun from goes too, unless others that are there need it.
        Only for who asked for them, and for admins. Doing it twice does no harm.
        Raises BackendError (not_found, not_yours).
        """
        by = asker.person
        render = await self._render_of(render_id, by.workspace)
        if render.owner != by and not asker.standing.is_admin:
            raise BackendError(
                ErrorCode.NOT_YOURS,
                "Only who asked for these pictures, or an admin, can delete them.",
                by=render.owner,
                case="pictures",
            )
        if render.state in OPEN_RENDERS:
            await self._store.renders.cancel(render_id, self._now())
            render = await self._render_of(render_id, by.workspace)
        # Files first: if this is cut off in between, the next attempt finds what to do.
        await asyncio.to_thread(_remove, [one.path for one in render.pictures if one.path])
        # With what a worker was in the midst of when it was cancelled.
        whole = self._store.folder.picture(render_id, 0).parent
        await asyncio.to_thread(shutil.rmtree, whole, ignore_errors=True)
        await self._store.gallery.forget_files(render_id)
        starts = {one.recipe.start.sha256 for one in render.pictures if one.recipe.start}
        await self._store.starts.release(starts, self._now(), removed=render_id)
        return await self._render_of(render_id, by.workspace)

    async def recent(self, person: Person, limit: int) -> tuple[RenderView, ...]:
        """Return the last renders of a person that have pictures, newest first."""
        ids = await self._store.gallery.recent_of(person, limit)
        found = [await self._store.renders.get(one) for one in ids]
        return tuple(one for one in found if one is not None)

    async def receipt(self, kind: DeliveryKind, subject: str) -> str | None:
        """Return what the delivery of something left, None if it was not delivered yet."""
        return await self._store.gallery.receipt(kind, subject)

    async def health(self, workspace: str) -> HealthView:
        """Return how busy and how well everything is, for those who look after it."""
        since = self._now() - _LATELY
        return await self._store.gallery.health(workspace, self._settings.slots, self._now(), since)

    async def _render_of(self, render_id: str, workspace: str) -> RenderView:
        render = await self._store.renders.get(render_id)
        if render is None or render.owner.workspace != workspace:
            raise BackendError(
                ErrorCode.NOT_FOUND,
                "There is no such render here.",
                "It may have been deleted.",
                case="render",
            )
        return render

    async def _check_drawable(self, recipe: Recipe, asker: Asker) -> None:
        """Refuse a recipe that cannot be, or must not be, drawn by somebody here any more."""
        workspace = asker.person.workspace
        blocklist = await asyncio.to_thread(read_blocklist, self._settings.blocklist)
        check_allowed((recipe.prompt, recipe.negative_prompt), workspace, blocklist)
        base = await self._base.get()
        if recipe.base_hash != base.hash:
            raise BackendError(
                ErrorCode.BASE_MODEL,
                "This picture was drawn with another base model than the one in use.",
                "Ask for new ones with its prompt.",
            )
        hidden = await self._hidden_tokens(workspace, asker)
        for ref in recipe.concepts:
            if ref.token in hidden or not await self._store.gallery.has_version(workspace, ref):
                raise BackendError(
                    ErrorCode.UNKNOWN_TOKEN,
                    f"{ref.token} is not there any more as it was when this was drawn.",
                    "See the list of concepts.",
                    case="changed",
                    facts={"token": ref.token},
                )
        if recipe.start is not None:
            start = self._store.folder.start(recipe.start.sha256)
            await asyncio.to_thread(check_there, start)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
