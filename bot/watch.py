"""Keeps the status messages of open renders up to date, as far as Slack's limits leave room."""

import asyncio
from typing import Protocol

import structlog

from backend.errors import BackendError
from backend.jobs import OPEN_RENDERS
from backend.views import RenderView
from bot.blocks.render_messages import asked, render_status, status_line
from bot.calls import SLACK_FAULTS, Calls
from bot.errors import SlackBusyError
from bot.statuses import Status, Statuses

_log = structlog.get_logger(__name__)

_LOOK_SECONDS = 2.0


class Renders(Protocol):
    """What of the service is watched."""

    async def render(self, render_id: str) -> RenderView:
        """Return a render."""


class Watch:
    """Looks at open renders every now and then. Their end is told by their pictures' delivery."""

    def __init__(self, renders: Renders, calls: Calls, statuses: Statuses) -> None:
        self._renders = renders
        self._calls = calls
        self._statuses = statuses
        self._said: dict[str, str] = {}
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._loop = asyncio.create_task(self._go_on(), name="watch")

    async def stop(self) -> None:
        """End."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    async def round(self) -> None:
        """Look at every open render once."""
        open_now = self._statuses.all()
        for status in open_now:
            try:
                await self._look(status)
            except BackendError as error:
                _log.info("status_forgotten", render=status.render_id, code=str(error.code))
                await self._statuses.forget(status.render_id)
            except (SlackBusyError, *SLACK_FAULTS) as error:
                _log.info("status_not_updated", render=status.render_id, error=str(error))
        ids = {status.render_id for status in open_now}
        self._said = {key: said for key, said in self._said.items() if key in ids}

    async def _look(self, status: Status) -> None:
        render = await self._renders.render(status.render_id)
        line = status_line(render)
        # What was posted with the render needs no repetition.
        if render.state not in OPEN_RENDERS or self._said.setdefault(render.id, line) == line:
            return
        if self._calls.update_waits():
            return
        await self._calls.update(status.channel, status.ts, asked(render), render_status(render))
        self._said[render.id] = line

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.round()
            except Exception:
                _log.exception("watch_broken")
