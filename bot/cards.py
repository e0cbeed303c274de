"""Brings the card of a job up to date: the one place that writes cards."""

import time
from collections.abc import Callable
from typing import Protocol

import structlog
from slack_sdk.errors import SlackApiError

from backend.jobs import ENDED_JOBS, JobState
from backend.people import Place
from backend.picture_review import Tile
from backend.views import Delivery, JobView
from bot import texts
from bot.blocks.job_card import CardPicture, job_card, summary
from bot.calls import Calls
from bot.card_pictures import CardPictures
from bot.receipts import Receipt
from bot.slack_errors import message_is_gone
from bot.words import Words

_log = structlog.get_logger(__name__)


class Jobs(Protocol):
    """What of the service a card shows."""

    async def job(self, job_id: str) -> JobView:
        """Return a job."""

    async def sheet(self, job_id: str) -> tuple[Tile, ...]:
        """Return a job's pictures as they are trained on."""

    async def note(self, place: Place, text: str, key: str) -> None:
        """Owe a sentence, once for each key."""


class Cards:
    """Posts and updates cards. A preview is uploaded at most every `preview_seconds`."""

    def __init__(
        self,
        jobs: Jobs,
        calls: Calls,
        words: Words,
        preview_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._calls = calls
        self._pictures = CardPictures(jobs, calls, words, preview_seconds, clock)
        self._words = words

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Show the latest state of a job, which may be newer than the delivery knows."""
        job = await self._jobs.job(delivery.subject)
        shown = await self._pictures.preview(job), await self._pictures.curve(job)
        ts = await self._write(delivery, job, *shown)
        await self._pictures.tidy(job)
        if job.state in ENDED_JOBS:
            await self._announce(job, ts)
            self._pictures.forget(job)
        return Receipt(max(delivery.revision, job.revision), ts)

    async def _write(
        self,
        delivery: Delivery,
        job: JobView,
        preview: CardPicture | None,
        curve: CardPicture | None,
    ) -> str:
        place, ts = delivery.place, delivery.receipt
        if ts is None and delivery.attempt > 1:
            # An earlier attempt may have posted it and then died.
            since = job.created_at.timestamp() - 60
            ts = await self._calls.posted(place.channel, place.thread, delivery.key, since)
        text, blocks = summary(self._words, job), job_card(self._words, job, preview, curve)
        if ts is not None:
            try:
                await self._calls.update(place.channel, ts, text, blocks, delivery.key)
                return ts
            except SlackApiError as error:
                if not message_is_gone(error):
                    raise
                _log.info("card_gone", job=job.id)
        return await self._calls.post(place.channel, text, blocks, place.thread, delivery.key)

    async def _announce(self, job: JobView, ts: str) -> None:
        """Say in the card's thread how it ended: nobody is notified of an updated message."""
        thread = job.place.thread or ts
        place = Place(job.place.workspace, job.place.channel, thread)
        # An attempt that somebody asked for ends, too.
        key = f"ended:{job.id}" if job.attempt == 1 else f"ended:{job.id}:{job.attempt}"
        if job.state is JobState.READY and not job.was_deleted:
            await self._jobs.note(place, texts.ready(self._words, job), key)
        elif job.state is JobState.FAILED:
            await self._jobs.note(place, texts.failed(self._words, job), key)
