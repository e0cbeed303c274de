"""Sheets of small pictures that go with a question, and go away with its answer."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from backend.picture_review import Tile
from bot.calls import SLACK_FAULTS, Calls
from bot.contact_sheet import write_sheet
from bot.errors import SlackBusyError
from bot.words import Words

_log = structlog.get_logger(__name__)


class Sheets:
    """Uploads them, and removes them: they may show people's own pictures."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def upload(
        self, words: Words, tiles: Sequence[Tile], token: str, folder: Path
    ) -> str | None:
        """Return a new sheet's id in Slack; None where there is nothing to see on it, or none."""
        if not tiles:
            return None
        try:
            path = await asyncio.to_thread(write_sheet, words, tiles, folder / "sheet.png")
            return await self._calls.files.upload(
                path, words.text("job-file-pictures", token=token)
            )
        except SLACK_FAULTS as error:
            # What is asked is told in words, too.
            _log.warning("sheet_not_uploaded", error=repr(error))
            return None

    async def remove(self, sheet: str | None) -> None:
        """Delete a sheet; the answer that it was asked for does not depend on that."""
        if not sheet:
            return
        try:
            await self._calls.files.remove(sheet)
        except (SlackBusyError, *SLACK_FAULTS) as error:
            _log.warning("sheet_not_removed", file=sheet, error=repr(error))
