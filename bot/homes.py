"""Publishes App Homes."""

import structlog

from backend.errors import BackendError
from backend.people import Person
from backend.service import Service
from backend.views import ConceptView
from bot import texts
from bot.blocks.home import closed_home, home
from bot.calls import SLACK_FAULTS, Calls
from bot.pictures import PictureShelf
from bot.standings import Standings

_log = structlog.get_logger(__name__)

_MOST_SAMPLES = 20


class Homes:
    """What people see when they open the bot's own page."""

    def __init__(
        self, service: Service, calls: Calls, shelf: PictureShelf, standings: Standings
    ) -> None:
        self._standings = standings
        self._service = service
        self._calls = calls
        self._shelf = shelf

    async def publish(self, user: str, workspace: str) -> None:
        """Bring somebody's App Home up to date."""
        asker = await self._standings.asker_of(Person(workspace, user))
        try:
            concepts = await self._service.concepts(workspace, asker)
        except BackendError as error:
            await self._calls.publish_home(user, closed_home(texts.of_error(error)))
            return
        queue = await self._service.queue(workspace, asker)
        newest = sorted(concepts, key=lambda one: one.created_at, reverse=True)
        samples = {}
        for concept in newest[:_MOST_SAMPLES]:
            file_id = await self._sample(concept)
            if file_id is not None:
                samples[concept.token] = file_id
        await self._calls.publish_home(
            user, home(concepts, queue, samples, asker.standing.is_admin)
        )

    async def _sample(self, concept: ConceptView) -> str | None:
        if not concept.samples:
            return None
        try:
            return await self._shelf.file(concept.samples[0], f"A sample of {concept.token}")
        except SLACK_FAULTS as error:
            _log.warning("sample_not_uploaded", token=concept.token, error=repr(error))
            return None
