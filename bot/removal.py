"""Deletes the pictures of a render: their files here, their files in Slack, their message."""

import structlog
from slack_sdk.errors import SlackApiError

from backend.service import Service
from backend.views import DeliveryKind, RenderView
from bot.asks import Ask, Payload
from bot.blocks.render_messages import pictures_deleted, pictures_deleted_text
from bot.calls import Calls
from bot.pictures import PictureShelf
from bot.shown import Shown
from bot.slack_errors import file_is_gone, message_is_gone
from bot.standings import Standings
from bot.words import Words

_log = structlog.get_logger(__name__)


class Removal:
    """Takes pictures away, for who asked for them and for admins. Can be done again."""

    def __init__(
        self,
        service: Service,
        calls: Calls,
        shelf: PictureShelf,
        standings: Standings,
        words: Words,
    ) -> None:
        self._words = words
        self._service = service
        self._calls = calls
        self._shelf = shelf
        self._standings = standings

    async def remove(self, ask: Ask, render_id: str) -> None:
        """Delete the pictures; raises BackendError, SlackApiError."""
        before = await self._service.render(render_id)
        asker = await self._standings.asker(ask)
        render = await self._service.remove_pictures(render_id, asker)
        _log.info("pictures_deleted", render=render_id, by=ask.user)
        files = [self._shelf.forget(one.path) for one in before.pictures if one.path is not None]
        receipt = await self._service.receipt(DeliveryKind.PICTURES, render_id)
        shown = None if receipt is None else Shown.read(receipt)
        if shown is not None:
            files += [file for _, file in shown.files]
            if not shown.files:
                files += await self._files_in(render, shown)
        for file in dict.fromkeys(one for one in files if one):
            await self._remove_file(file)
        if shown is not None:
            await self._replace(render, shown.ts, ask.user)

    async def _files_in(self, render: RenderView, shown: Shown) -> list[str | None]:
        """Look into a message of which nobody noted the files."""
        place = render.place
        thread = place.thread or shown.ts
        messages = [*await self._calls.thread(place.channel, thread)]
        found = [one for one in messages if one["ts"] == shown.ts]
        return [_file_of(block) for one in found for block in one.get("blocks") or ()]

    async def _remove_file(self, file: str) -> None:
        try:
            await self._calls.files.remove(file)
        except SlackApiError as error:
            if not file_is_gone(error):
                raise

    async def _replace(self, render: RenderView, ts: str, user: str) -> None:
        try:
            await self._calls.update(
                render.place.channel,
                ts,
                pictures_deleted_text(self._words, render),
                pictures_deleted(self._words, render, user),
            )
        except SlackApiError as error:
            if not message_is_gone(error):
                raise


def _file_of(block: Payload) -> str | None:
    return (block.get("slack_file") or {}).get("id") if block.get("type") == "image" else None
