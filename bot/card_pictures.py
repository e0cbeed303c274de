"""The pictures on a job's card: uploaded rarely, and the ones that were replaced removed."""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import structlog

from backend.errors import BackendError
from backend.jobs import ENDED_JOBS, JobState
from backend.picture_review import Tile
from backend.views import JobView
from bot.blocks.job_card import CardPicture
from bot.calls import SLACK_FAULTS, Calls
from bot.contact_sheet import write_sheet
from bot.curve_picture import FEWEST, write_curve
from bot.words import Words

_log = structlog.get_logger(__name__)

Make = Callable[[Path], Awaitable[Path | None]]
"""Writes a picture into a folder, or says where it is already; None if there is none."""


class Kind(StrEnum):
    """Pictures of a card."""

    PREVIEW = "preview"
    """What has been learned; until there is that, the pictures as they are trained on."""
    CURVE = "curve"
    """The losses."""


class Sheets(Protocol):
    """What of the service shows the pictures of a job."""

    async def sheet(self, job_id: str) -> tuple[Tile, ...]:
        """Return them as they are trained on."""


@dataclass(frozen=True, slots=True)
class _There:
    key: str
    shown: CardPicture
    at: float


class CardPictures:
    """Remembers what was uploaded for which job. Of each kind at most one every `seconds`."""

    def __init__(
        self,
        sheets: Sheets,
        calls: Calls,
        words: Words,
        seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._words = words
        self._sheets = sheets
        self._calls = calls
        self._seconds = seconds
        self._now = clock
        self._there: dict[tuple[str, Kind], _There] = {}
        self._replaced: defaultdict[str, list[CardPicture]] = defaultdict(list)
        """By job: another's card may still be on its way, with what it showed until now."""

    async def preview(self, job: JobView) -> CardPicture | None:
        """Return what shows best how far a job is."""
        path = job.preview
        if job.concept is not None and job.concept.samples:
            path = job.concept.samples[0]
        if job.state in (JobState.FAILED, JobState.CANCELLED) or job.was_deleted:
            return self._shown(job, Kind.PREVIEW)
        if path is None:
            return await self._sheet(job)
        learned = job.state is JobState.READY
        name = self._words.text("job-picture-learned" if learned else "job-picture-preview")

        async def find(_: Path) -> Path | None:
            return path if await asyncio.to_thread(path.is_file) else None

        title = self._words.text("job-preview-alt", token=job.token)
        return await self._picture(job, Kind.PREVIEW, str(path), name, title, find)

    async def curve(self, job: JobView) -> CardPicture | None:
        """Return the curve of losses, once it is one."""
        ended_without = job.state in (JobState.FAILED, JobState.CANCELLED) or job.was_deleted
        if ended_without or len(job.curve) < FEWEST:
            return self._shown(job, Kind.CURVE)

        async def draw(folder: Path) -> Path | None:
            return await asyncio.to_thread(write_curve, self._words, job.curve, folder / "loss.png")

        title = self._words.text("job-file-losses", token=job.token)
        key = f"{len(job.curve)} {job.curve[-1]}"
        name = self._words.text("job-curve")
        return await self._picture(job, Kind.CURVE, key, name, title, draw)

    async def tidy(self, job: JobView) -> None:
        """Remove what a job's card shows no more; after the card was updated."""
        for shown in self._replaced.pop(job.id, ()):
            try:
                await self._calls.files.remove(shown.file_id)
            except SLACK_FAULTS as error:
                _log.info("picture_not_removed", file=shown.file_id, error=repr(error))

    def forget(self, job: JobView) -> None:
        """Forget a job that has ended: its card stays as it is."""
        for kind in Kind:
            self._there.pop((job.id, kind), None)

    async def _sheet(self, job: JobView) -> CardPicture | None:
        there = self._there.get((job.id, Kind.PREVIEW))
        if there is not None:
            return there.shown

        async def draw(folder: Path) -> Path | None:
            try:
                tiles = await self._sheets.sheet(job.id)
            except BackendError as error:
                _log.info("no_sheet", job=job.id, error=error.message)
                return None
            if not tiles:
                return None
            return await asyncio.to_thread(write_sheet, self._words, tiles, folder / "pictures.png")

        name = self._words.text("job-picture-sheet")
        title = self._words.text("job-file-pictures", token=job.token)
        return await self._picture(job, Kind.PREVIEW, "sheet", name, title, draw)

    async def _picture(
        self, job: JobView, kind: Kind, key: str, name: str, title: str, make: Make
    ) -> CardPicture | None:
        there = self._there.get((job.id, kind))
        if there is not None:
            # A sheet gives way to the first preview at once.
            too_soon = self._now() - there.at < self._seconds and there.key != "sheet"
            if there.key == key or (too_soon and job.state not in ENDED_JOBS):
                return there.shown
        try:
            with tempfile.TemporaryDirectory(prefix="figment-") as folder:
                path = await make(Path(folder))
                if path is None:
                    return there.shown if there is not None else None
                file_id = await self._calls.files.upload(path, title)
        except SLACK_FAULTS as error:
            # A card without a picture says more than none.
            _log.warning("picture_not_uploaded", job=job.id, kind=kind, error=repr(error))
            return there.shown if there is not None else None
        if there is not None:
            self._replaced[job.id].append(there.shown)
        shown = CardPicture(file_id, name)
        self._there[job.id, kind] = _There(key, shown, self._now())
        return shown

    def _shown(self, job: JobView, kind: Kind) -> CardPicture | None:
        there = self._there.get((job.id, kind))
        return None if there is None else there.shown
