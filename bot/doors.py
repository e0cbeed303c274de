"""The two ways Slack reaches the app: a websocket of ours, or requests to a port of ours."""

from typing import Protocol

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.errors import BotError, BotErrorCode
from bot.manifest import EVENTS_PATH
from bot.slack_errors import unreachable


class Door(Protocol):
    """A way in."""

    async def open(self) -> None:
        """Let Slack in."""

    async def close(self) -> None:
        """Let nothing more in."""


class SocketDoor:
    """Socket Mode."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._client = app.client
        self._token = app_token
        self._handler = AsyncSocketModeHandler(app, app_token, web_client=app.client)

    async def open(self) -> None:
        """Connect; the client connects again by itself. Raises BotError."""
        # Asked for once by ourselves: the client tries for ever with a token that is refused.
        try:
            await self._client.apps_connections_open(app_token=self._token)
        except SlackApiError as error:
            raise BotError(
                BotErrorCode.TOKEN_REFUSED,
                f"Slack does not accept the app-level token ({error.response['error']}).",
                "Make one with the scope connections:write and set SLACK_APP_TOKEN; the app "
                "needs Socket Mode switched on.",
            ) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise unreachable(error) from error
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Disconnect."""
        await self._handler.close_async()  # type: ignore[no-untyped-call]


class HttpDoor:
    """Signed requests over HTTP, by Bolt's own aiohttp application."""

    def __init__(self, app: AsyncApp, host: str, port: int) -> None:
        self._runner = web.AppRunner(app.web_app(EVENTS_PATH), access_log=None)
        self._host = host
        self._port = port

    async def open(self) -> None:
        """Listen. Raises BotError where that cannot be done."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            raise BotError(
                BotErrorCode.PORT_TAKEN,
                f"The bot cannot listen on {self._host}:{self._port}: {error.strerror}.",
                "End what listens there, or choose another port.",
            ) from error

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()
