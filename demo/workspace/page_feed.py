"""The page's live events: a line for each change, so that it knows what to fetch again."""

import asyncio
import json
from contextlib import suppress

from aiohttp import web

from demo.workspace.state import Change
from demo.workspace.workspace import Workspace

QUIET_SECONDS = 15.0


class PageFeed:
    """Serves `/page/events` as server-sent events."""

    def __init__(self, workspace: Workspace) -> None:
        """Serve this workspace."""
        self._workspace = workspace
        self._listeners: set[asyncio.Queue[Change | None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application's table."""
        return [web.get("/page/events", self.events)]

    def close(self) -> None:
        """End every stream."""
        for listener in self._listeners:
            listener.put_nowait(None)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream changes until the page leaves; a comment now and then keeps the line open."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        listener: asyncio.Queue[Change | None] = asyncio.Queue()
        self._listeners.add(listener)
        unwatch = self._workspace.team.watch(listener.put_nowait)
        try:
            # The page going away is how a stream ends.
            with suppress(ConnectionError):
                await response.write(b": hello\n\n")
                while (line := await _next_line(listener)) is not None:
                    await response.write(line)
        finally:
            unwatch()
            self._listeners.discard(listener)
        return response


async def _next_line(listener: asyncio.Queue[Change | None]) -> bytes | None:
    try:
        async with asyncio.timeout(QUIET_SECONDS):
            change = await listener.get()
    except TimeoutError:
        return b": still here\n\n"
    return None if change is None else f"data: {_line(change)}\n\n".encode()


def _line(change: Change) -> str:
    told = {
        "type": change.kind.value,
        "channel": change.channel,
        "ts": change.ts,
        "person": change.person,
    }
    return json.dumps({name: value for name, value in told.items() if value is not None})
