"""Publishes App Homes."""

import structlog

from backend.service import Service
from backend.views import ConceptView
from bot.blocks.home import home
from bot.calls import SLACK_FAULTS, Calls
from bot.pictures import PictureShelf

_log = structlog.get_logger(__name__)

_MOST_SAMPLES = 20


class Homes:
    """What people see when they open the bot's own page."""

    def __init__(self, service: Service, calls: Calls, shelf: PictureShelf) -> None:
        self._service = service
        self._calls = calls
        self._shelf = shelf

    async def publish(self, user: str, workspace: str) -> None:
        """Bring somebody's App Home up to date."""
        concepts = await self._service.concepts(workspace)
        queue = await self._service.queue(workspace)
        newest = sorted(concepts, key=lambda one: one.created_at, reverse=True)
        samples = {}
        for concept in newest[:_MOST_SAMPLES]:
            file_id = await self._sample(concept)
            if file_id is not None:
                samples[concept.token] = file_id
        await self._calls.publish_home(user, home(concepts, queue, samples))

    async def _sample(self, concept: ConceptView) -> str | None:
        if not concept.samples:
            return None
        try:
            return await self._shelf.file(concept.samples[0], f"A sample of {concept.token}")
        except SLACK_FAULTS as error:
            _log.warning("sample_not_uploaded", token=concept.token, error=repr(error))
            return None
