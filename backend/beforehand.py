"""What can be told of a request before it is made. A part of the service."""

import asyncio
import secrets
from dataclasses import dataclass

from backend import checks, roles
from backend.base import Base
from backend.blocklist import check_allowed, read_blocklist
from backend.checks import Numbers
from backend.defaults import filled_in
from backend.job_options import check_options
from backend.people import Asker, Person
from backend.recipe import RANDOM_SEEDS
from backend.requests import ImagineRequest, RequestLimits, TeachRequest
from backend.service_parts import ServiceParts
from backend.views import ConceptView


@dataclass(frozen=True, slots=True)
class Drawable:
    """A request for pictures that can be drawn: with everything filled in, and what it names."""

    request: ImagineRequest
    prompts: tuple[str, str]
    numbers: Numbers
    concepts: tuple[ConceptView, ...]
    base: Base


class Beforehand(ServiceParts):
    """Checks requests without making anything of them: another one may be first all the same."""

    @property
    def limits(self) -> RequestLimits:
        """What one request for pictures may ask for."""
        return RequestLimits(self._settings.max_pictures, self._settings.max_render_steps)

    async def check_may_teach(self, asker: Asker) -> None:
        """Refuse who may not teach now, or has enough in hand.

        Raises BackendError: guest, not_allowed, draining, quota_reached.
        """
        rules = await self._store.rules.rules(asker.person.workspace)
        roles.check_teacher(rules, asker)
        roles.check_open_jobs(rules, await self._store.jobs.open_jobs(asker.person))

    async def check_may_draw(self, asker: Asker, pictures: int | None) -> None:
        """Refuse who may not draw so many pictures now (None: as many as nobody says).

        Raises BackendError: guest, not_allowed, draining, quota_reached.
        """
        rules = await self._store.rules.rules(asker.person.workspace)
        roles.check_artist(rules, asker)
        now = self._now()
        usage = await self._store.renders.usage(asker.person, asker.channel, now)
        own = (await self._store.rules.defaults(asker.person)).pictures
        number = pictures or own or self._settings.pictures
        roles.check_quotas(rules, usage, number, now)

    async def check_teachable(self, request: TeachRequest) -> None:
        """Raise what `teach` would raise over anything but the pictures and quotas.

        Raises BackendError: bad_placeholder, bad_initializer, bad_number, token_taken, base_model,
        guest, not_allowed, draining.
        """
        rules = await self._store.rules.rules(request.by.workspace)
        roles.check_teacher(rules, Asker(request.by, request.standing, request.place.channel))
        token = checks.checked_token(request.token)
        checks.check_picture_number(len(request.pictures), token)
        check_options(request.options)
        await self.check_name(request.by, token, request.key)
        await self.check_initializer(request.initializer)

    async def check_name(self, by: Person, name: str, key: str) -> None:
        """Refuse a name that cannot be taught, but for the job that `key` has made of it.

        Raises BackendError: bad_placeholder, token_taken, base_model.
        """
        token = checks.checked_token(name)
        checks.check_not_in_base(token, (await self._base.get()).vocabulary)
        await self._store.jobs.check_token_free(by, token, key)

    async def check_initializer(self, word: str) -> None:
        """Refuse a word that learning cannot start from.

        Raises BackendError: bad_initializer, base_model.
        """
        checks.checked_initializer(word, (await self._base.get()).vocabulary)

    async def check_drawable(self, request: ImagineRequest) -> None:
        """Raise what `imagine` would raise over prompts, concepts and numbers.

        Raises BackendError: empty_prompt, blocked_prompt, bad_blocklist, unknown_token,
        prompt_too_long, bad_number, base_model.
        """
        asker = Asker(request.by, request.standing, request.place.channel)
        await self._drawable(request, asker, None)

    async def _drawable(
        self, request: ImagineRequest, asker: Asker, start: tuple[int, int] | None
    ) -> Drawable:
        """Fill a request in and check it; `start` is the size of the picture to begin from."""
        request = filled_in(request, await self._store.rules.defaults(request.by))
        negative = checks.tidied(request.negative_prompt or "")
        prompts = checks.checked_prompt(request.prompt), negative
        workspace = request.by.workspace
        blocklist = await asyncio.to_thread(read_blocklist, self._settings.blocklist)
        check_allowed(prompts, workspace, blocklist)
        base = await self._base.get()
        seed = secrets.randbelow(RANDOM_SEEDS)
        numbers = checks.checked_numbers(request, self._settings, base.resolution, seed, start)
        hidden = await self._hidden_tokens(workspace, asker)
        in_progress = {job.token for job in await self._store.jobs.active(workspace)}
        concepts = checks.concepts_in(
            prompts, await self._visible(workspace, asker), in_progress - hidden, base.hash
        )
        vectors = {concept.token: concept.vectors for concept in concepts}
        for text in prompts:
            checks.check_length(text, vectors, base.prompt_length)
        return Drawable(request, prompts, numbers, concepts, base)
