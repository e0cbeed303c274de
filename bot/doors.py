"""The two ways Slack reaches the app: a websocket of ours, or requests to a port of ours."""

from typing import Protocol

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

HTTP_PATH = "/slack/events"


class Door(Protocol):
    """A way in."""

    async def open(self) -> None:
        """Let Slack in."""

    async def close(self) -> None:
        """Let nothing more in."""


class SocketDoor:
    """Socket Mode."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._handler = AsyncSocketModeHandler(app, app_token, web_client=app.client)

    async def open(self) -> None:
        """Connect; the client connects again by itself."""
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Disconnect."""
        await self._handler.close_async()  # type: ignore[no-untyped-call]


class HttpDoor:
    """Signed requests over HTTP, by Bolt's own aiohttp application."""

    def __init__(self, app: AsyncApp, host: str, port: int) -> None:
        self._runner = web.AppRunner(app.web_app(HTTP_PATH), access_log=None)
        self._host = host
        self._port = port

    async def open(self) -> None:
        """Listen; raises OSError where the port is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()
