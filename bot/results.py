"""Delivers what came of a render: its pictures in the thread, its status message at its end."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block

from backend.clock import utc_now
from backend.jobs import RenderState
from backend.views import Delivery, RenderView
from bot.blocks.kit import section
from bot.blocks.render_messages import asked, pictures_message, render_status
from bot.calls import Calls
from bot.errors import BotError, BotErrorCode
from bot.pictures import PictureShelf
from bot.receipts import NotYetError, Receipt
from bot.shown import Shown
from bot.slack_errors import error_code, message_is_gone, passes
from bot.statuses import Status, Statuses
from bot.texts import of_error
from bot.words import Words

_log = structlog.get_logger(__name__)

_STATUS_PATIENCE = timedelta(seconds=15)


class Renders(Protocol):
    """What of the service a result shows."""

    async def render(self, render_id: str) -> RenderView:
        """Return a render."""


class Results:
    """Posts the pictures of a render once it has ended."""

    def __init__(
        self,
        renders: Renders,
        calls: Calls,
        shelf: PictureShelf,
        statuses: Statuses,
        words: Words,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._renders = renders
        self._calls = calls
        self._shelf = shelf
        self._statuses = statuses
        self._words = words
        self._now = clock

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Post the pictures in the thread of their render; raises NotYetError."""
        render = await self._renders.render(delivery.subject)
        paths = {one.index: one.path for one in render.pictures if one.path is not None}
        nothing_to_show = render.state is RenderState.CANCELLED and not paths
        status = self._statuses.of(render.id)
        if status is None and nothing_to_show:
            if self._statuses.turn(render.id).locked():
                # Its message still comes, and would say for ever that it waits.
                raise NotYetError(1)
            await self._statuses.forget(render.id)
            return Receipt(delivery.revision, None)
        if status is None:
            status = await self._status(render)
        thread = render.place.thread or status.ts
        shown = await self._shown(delivery, render, thread)
        if shown is None and not nothing_to_show:
            there = await asyncio.to_thread(_on_disk, paths)
            files, blocks = await self._message(render, there)
            ts = await self._calls.post(
                render.place.channel, asked(self._words, render), blocks, thread, delivery.key
            )
            shown = Shown(ts, tuple(files.items()))
        await self._close(render, status)
        return Receipt(delivery.revision, None if shown is None else shown.receipt())

    async def _shown(self, delivery: Delivery, render: RenderView, thread: str) -> Shown | None:
        """Find the message that an earlier attempt has posted."""
        if delivery.receipt is not None:
            return Shown.read(delivery.receipt)
        if delivery.attempt == 1:
            return None
        since = render.created_at.timestamp() - 60
        ts = await self._calls.posted(render.place.channel, thread, delivery.key, since)
        return None if ts is None else Shown(ts)

    async def _message(
        self, render: RenderView, paths: Mapping[int, Path]
    ) -> tuple[Mapping[int, str], list[Block]]:
        try:
            files = await self._shelf.files(paths, render.prompt)
        except BotError as error:
            if error.code is not BotErrorCode.MISSING_SCOPE:
                raise
            said = of_error(self._words, error)
        except SlackApiError as error:
            if passes(error):
                raise
            _log.warning("pictures_not_taken", render=render.id, error=error_code(error))
            said = self._words.mrkdwn("render-not-taken", why=error_code(error))
        else:
            return files, pictures_message(self._words, render, files)
        # Trying again for ever would say nothing to whoever waits.
        return {}, [section(said), *pictures_message(self._words, render, None)]

    async def _status(self, render: RenderView) -> Status:
        """Find or make the message that the pictures belong to."""
        if self._now() - render.created_at < _STATUS_PATIENCE:
            # It is just being posted: drawing was faster.
            raise NotYetError(0.2)
        turn = self._statuses.turn(render.id)
        if turn.locked():
            # Whoever posts it still waits for Slack; a delivery need not stand there, too.
            raise NotYetError(1)
        async with turn:
            status = self._statuses.of(render.id)
            if status is None:
                status = await self._post_status(render)
                await self._statuses.remember(status)
            return status

    async def _post_status(self, render: RenderView) -> Status:
        place, key = render.place, f"status:{render.id}"
        since = render.created_at.timestamp() - 60
        ts = await self._calls.posted(place.channel, place.thread, key, since)
        if ts is None:
            ts = await self._calls.post(
                place.channel,
                asked(self._words, render),
                render_status(self._words, render),
                place.thread,
                key,
            )
        return Status(render_id=render.id, channel=place.channel, ts=ts, workspace=place.workspace)

    async def _close(self, render: RenderView, status: Status) -> None:
        async with self._statuses.turn(render.id):
            try:
                await self._calls.update(
                    status.channel,
                    status.ts,
                    asked(self._words, render),
                    render_status(self._words, render),
                )
            except SlackApiError as error:
                if not message_is_gone(error):
                    raise
                _log.info("status_gone", render=render.id)
            await self._statuses.forget(render.id)


def _on_disk(paths: Mapping[int, Path]) -> dict[int, Path]:
    return {index: path for index, path in paths.items() if path.is_file()}
