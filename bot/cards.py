"""Brings the card of a job up to date: the one place that writes cards."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog
from slack_sdk.errors import SlackApiError

from backend.jobs import ENDED_JOBS, JobState
from backend.people import Place
from backend.views import Delivery, JobView
from bot import texts
from bot.blocks.job_card import Shown, job_card, summary
from bot.calls import SLACK_FAULTS, Calls
from bot.receipts import Receipt
from bot.slack_errors import error_code

_log = structlog.get_logger(__name__)

_NOT_OURS_ANY_MORE = ("message_not_found", "cant_update_message", "edit_window_closed")


class Jobs(Protocol):
    """What of the service a card shows."""

    async def job(self, job_id: str) -> JobView:
        """Return a job."""

    async def note(self, place: Place, text: str, key: str) -> None:
        """Owe a sentence, once for each key."""


@dataclass(frozen=True, slots=True)
class _Preview:
    path: Path
    shown: Shown
    at: float


class Cards:
    """Posts and updates cards. A preview is uploaded at most every `preview_seconds`."""

    def __init__(
        self,
        jobs: Jobs,
        calls: Calls,
        preview_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._calls = calls
        self._preview_seconds = preview_seconds
        self._now = clock
        self._previews: dict[str, _Preview] = {}

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Show the latest state of a job, which may be newer than the delivery knows."""
        job = await self._jobs.job(delivery.subject)
        old = self._previews.get(job.id)
        shown = await self._preview(job)
        ts = await self._write(delivery, job, shown)
        new = self._previews.get(job.id)
        if old is not None and new is not None and old.shown != new.shown:
            await self._remove(old.shown)
        if job.state in ENDED_JOBS:
            await self._announce(job, ts)
            self._previews.pop(job.id, None)
        return Receipt(max(delivery.revision, job.revision), ts)

    async def _write(self, delivery: Delivery, job: JobView, shown: Shown | None) -> str:
        place, ts = delivery.place, delivery.receipt
        if ts is None and delivery.attempt > 1:
            # An earlier attempt may have posted it and then died.
            since = job.created_at.timestamp() - 60
            ts = await self._calls.posted(place.channel, place.thread, delivery.key, since)
        text, blocks = summary(job), job_card(job, shown)
        if ts is not None:
            try:
                await self._calls.update(place.channel, ts, text, blocks, delivery.key)
                return ts
            except SlackApiError as error:
                if error_code(error) not in _NOT_OURS_ANY_MORE:
                    raise
                _log.info("card_gone", job=job.id)
        return await self._calls.post(place.channel, text, blocks, place.thread, delivery.key)

    async def _preview(self, job: JobView) -> Shown | None:
        """Return the preview to show: the newest, or an older one until it is time for another."""
        path = job.preview
        if job.concept is not None and job.concept.samples:
            path = job.concept.samples[0]
        there = self._previews.get(job.id)
        if path is None or job.state in (JobState.FAILED, JobState.CANCELLED):
            return there.shown if there is not None else None
        if there is not None:
            too_soon = self._now() - there.at < self._preview_seconds
            if there.path == path or (too_soon and job.state not in ENDED_JOBS):
                return there.shown
        if not await asyncio.to_thread(path.is_file):
            return there.shown if there is not None else None
        try:
            file_id = await self._calls.upload(path, f"A preview of {job.token}")
        except SLACK_FAULTS as error:
            # A card without a picture says more than none.
            _log.warning("preview_not_uploaded", job=job.id, error=repr(error))
            return there.shown if there is not None else None
        name = "What it has learned" if job.state is JobState.READY else "Preview"
        shown = Shown(file_id, name)
        self._previews[job.id] = _Preview(path, shown, self._now())
        return shown

    async def _remove(self, shown: Shown) -> None:
        try:
            await self._calls.remove_file(shown.file_id)
        except SLACK_FAULTS as error:
            _log.info("preview_not_removed", file=shown.file_id, error=repr(error))

    async def _announce(self, job: JobView, ts: str) -> None:
        """Say in the card's thread how it ended: nobody is notified of an updated message."""
        thread = job.place.thread or ts
        place = Place(job.place.workspace, job.place.channel, thread)
        if job.state is JobState.READY:
            await self._jobs.note(place, texts.ready(job), f"ended:{job.id}")
        elif job.state is JobState.FAILED:
            await self._jobs.note(place, texts.failed(job), f"ended:{job.id}")
