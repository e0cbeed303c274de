"""The ways into the app: a websocket of ours, or requests to a port of ours.

People who install the app come to that port, too.
"""

from typing import Protocol

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.errors import BotError, BotErrorCode
from bot.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
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
    """Requests to a port of ours, by Bolt's own handlers."""

    def __init__(self, pages: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(pages, access_log=None)
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


class Doors:
    """Several ways in at once."""

    def __init__(self, *doors: Door) -> None:
        self._doors = doors

    async def open(self) -> None:
        """Open all, or none. Raises BotError."""
        for door in self._doors:
            await door.open()

    async def close(self) -> None:
        """Close all; one that was not opened minds nothing."""
        for door in reversed(self._doors):
            await door.close()


def all_pages(app: AsyncApp) -> web.Application:
    """Return what answers Slack's signed requests, and people who install the app."""
    return app.web_app(EVENTS_PATH)


def pages_to_install(app: AsyncApp) -> web.Application:
    """Return what answers people who install the app, and no request in Slack's name.

    With Socket Mode there is no secret that such requests would be signed with.
    """
    answer = app.server(path=EVENTS_PATH).handle_get_requests
    pages = web.Application()
    pages.add_routes([web.get(INSTALL_PATH, answer), web.get(REDIRECT_PATH, answer)])
    return pages
