"""Keeps the status messages of open renders up to date, as far as Slack's limits leave room."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog
from slack_sdk.errors import SlackApiError

from backend.clock import Clock, utc_now
from backend.errors import BackendError
from backend.jobs import OPEN_RENDERS, RenderState
from backend.views import RenderView
from bot.blocks.render_messages import asked, render_status, status_line
from bot.calls import SLACK_FAULTS, Calls
from bot.errors import BotError, BotErrorCode, SlackBusyError
from bot.rounds import Rounds
from bot.slack_errors import message_is_gone
from bot.statuses import Status, Statuses
from bot.words import Words

_log = structlog.get_logger(__name__)

_LOOK_SECONDS = 2.0
_LONG_ENDED = timedelta(hours=1)
_STEP_SECONDS = 6.0
"""Steps alone are told at most so often: all messages share what Slack allows of updates."""


class Renders(Protocol):
    """What of the service is watched."""

    async def render(self, render_id: str) -> RenderView:
        """Return a render."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """What of a render is told as soon as it changes."""

    state: RenderState
    done: int
    place: int | None


@dataclass(frozen=True, slots=True)
class _Said:
    """The line that a message shows, of which stage (None: unknown), and since when."""

    line: str
    stage: _Stage | None
    at: float


class Watch:
    """Looks at open renders every now and then. Their end is told by their pictures' delivery.

    Of several workspaces it looks at the renders of `workspace` alone: each has limits of its own.
    """

    def __init__(
        self,
        renders: Renders,
        calls: Calls,
        statuses: Statuses,
        words: Words,
        clock: Callable[[], float] = time.monotonic,
        workspace: str = "",
        today: Clock = utc_now,
    ) -> None:
        self._renders = renders
        self._calls = calls
        self._statuses = statuses
        self._words = words
        self._now = clock
        self._workspace = workspace
        self._today = today
        self._said: dict[str, _Said] = {}
        self._gone: set[str] = set()
        """Renders whose message is there no more."""
        self._rounds = Rounds("watch", self._next_round, _LOOK_SECONDS)

    def start(self) -> None:
        """Begin; returns at once."""
        self._rounds.start()

    async def stop(self) -> None:
        """End."""
        await self._rounds.stop()

    async def round(self) -> None:
        """Look at every open render once."""
        open_now = [one for one in self._statuses.all() if self._is_ours(one.workspace)]
        for status in open_now:
            try:
                await self._look(status)
            except BackendError as error:
                _log.info("status_forgotten", render=status.render_id, code=str(error.code))
                await self._statuses.forget(status.render_id)
            except (SlackBusyError, *SLACK_FAULTS) as error:
                _log.info("status_not_updated", render=status.render_id, error=str(error))
        ids = {status.render_id for status in open_now}
        self._gone &= ids
        self._said = {key: said for key, said in self._said.items() if key in ids}

    async def _look(self, status: Status) -> None:
        if self._calls.update_waits():
            # Nothing could be said now, so that nothing needs to be known.
            return
        render = await self._renders.render(status.render_id)
        if not self._is_ours(render.place.workspace):
            return
        if render.state not in OPEN_RENDERS:
            if render.ended_at is not None and self._today() - render.ended_at > _LONG_ENDED:
                # Its pictures cannot be delivered, which looks for its message by itself.
                _log.info("status_forgotten", render=render.id, code="ended")
                await self._statuses.forget(render.id)
            return
        if render.id in self._gone:
            return
        line = status_line(self._words, render)
        stage = _Stage(render.state, render.done, render.queue_position)
        # What it says was true when it was posted, which need not be so any more at a first look.
        said = self._said.setdefault(render.id, _Said(status.line, None, self._now()))
        if said.line == line:
            return
        if said.stage == stage and self._now() - said.at < _STEP_SECONDS:
            return
        async with self._statuses.turn(render.id):
            if self._statuses.of(render.id) is None:
                # Its end was told meanwhile, and this is older.
                return
            try:
                await self._calls.update(
                    status.channel,
                    status.ts,
                    asked(self._words, render),
                    render_status(self._words, render),
                )
            except (BotError, SlackApiError) as error:
                if not _is_out_of_reach(error):
                    raise
                # Nobody can read it any more; its pictures still belong beneath it.
                _log.info("status_gone", render=render.id)
                self._gone.add(render.id)
        self._said[render.id] = _Said(line, stage, self._now())

    def _is_ours(self, workspace: str) -> bool:
        return not self._workspace or workspace in (self._workspace, "")

    async def _next_round(self) -> float:
        await self.round()
        return _LOOK_SECONDS


def _is_out_of_reach(error: BotError | SlackApiError) -> bool:
    """Tell whether nothing more can be said in a message: it is gone, or the bot is."""
    if isinstance(error, BotError):
        return error.code is BotErrorCode.NOT_IN_CHANNEL
    return message_is_gone(error)
