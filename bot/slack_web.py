"""How a call of Slack's Web API is made: within budget, again after a pause, with our errors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.asks import Payload
from bot.budget import Budget
from bot.errors import SlackBusyError
from bot.slack_errors import error_code, is_refused, translated

_log = structlog.get_logger(__name__)

_TOO_MANY = 429
_BROKEN = 500
_MOST_LOOKS = 3
"""At an answer that passes by itself."""
_MOST_PAGES = 10
"""Of a channel or a thread: whoever looks for something older does without."""
_PATIENCE_SECONDS = 20.0
"""A longer pause is the caller's to plan for."""


class SlackWeb:
    """Makes the calls of one workspace; `refused` is told when Slack takes the token no more."""

    def __init__(self, budget: Budget, refused: Callable[[], None] | None = None) -> None:
        self._budget = budget
        self._refused = refused

    def would_wait(self, method: str) -> bool:
        """Tell whether a call of this method would have to wait for its turn."""
        return self._budget.wait(method) > 0

    async def call(
        self,
        method: str,
        channel: str,
        send: Callable[[], Awaitable[AsyncSlackResponse]],
        retried: Sequence[str] = (),
    ) -> AsyncSlackResponse:
        """Send when the budget allows it; errors named in `retried` are met by sending again.

        Raises BotError, SlackBusyError, aiohttp.ClientError when Slack itself is in trouble, and
        SlackApiError for everything that is not expected.
        """
        looks = 0
        while True:
            await self._budget.take(method, channel)
            try:
                return await send()
            except SlackApiError as error:
                looks += 1
                answer: Any = error.response
                if answer.status_code == _TOO_MANY:
                    self._wait_longer(method, channel, float(answer.headers.get("Retry-After", 1)))
                    continue
                if answer.status_code >= _BROKEN:
                    # Slack's own trouble passes, as one of the line does.
                    raise aiohttp.ClientError(f"Slack answered {answer.status_code}") from error
                if error_code(error) in retried and looks < _MOST_LOOKS:
                    await asyncio.sleep(looks)
                    continue
                raise self._meant(method, error) from error

    async def pages(
        self,
        method: str,
        channel: str,
        send: Callable[[str | None], Awaitable[AsyncSlackResponse]],
        in_part: bool = False,
    ) -> AsyncIterator[Payload]:
        """Yield messages, page by page, in Slack's order.

        With `in_part` they end where Slack asks for a longer pause, if there was a page before:
        asked again after the pause, it would give the first page and ask for the next pause.
        """
        cursor = None
        for page in range(_MOST_PAGES):
            try:
                answer = await self.call(method, channel, partial(send, cursor))
            except SlackBusyError as busy:
                if not in_part or page == 0:
                    raise
                _log.warning("read_in_part", method=method, pages=page, error=str(busy))
                return
            for message in answer["messages"]:
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def _meant(self, method: str, error: SlackApiError) -> Exception:
        meant = translated(method, error)
        if self._refused is not None and is_refused(meant):
            self._refused()
        return meant

    def _wait_longer(self, method: str, channel: str, seconds: float) -> None:
        self._budget.pause(method, channel, seconds)
        if seconds > _PATIENCE_SECONDS:
            raise SlackBusyError(seconds)
