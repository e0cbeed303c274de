"""A workspace, a person at its page, and a real Bolt app, for the tests over the wire."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.manifest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from demo.workspace.server import WorkspaceServer
from demo.workspace.socket_mode import Patience

T = TypeVar("T")
QUICK = Patience(ack=0.5, retry_delays=(0.01, 0.01, 0.01), app_return=5.0, file_ready=0.05)
UNHURRIED = replace(QUICK, ack=30.0, trigger=10.0, app_return=60.0)
"""For a whole bot on a busy machine: how fast it answers is measured by `figment bench bot`."""


async def eventually(look: Callable[[], Awaitable[T]], seconds: float = 300.0) -> T:
    """Look until there is something; raise TimeoutError where there is nothing for too long.

    The test's own time limit would end it as well, but in the midst of the loop: tasks of the bot
    then never end, and the process that runs the tests neither. So this is less than that.
    """
    async with asyncio.timeout(seconds):
        # What it looks at is in another place, so there is no event to wait for.
        while not (seen := await look()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return seen


class Page:
    """What the browser page does, as one person."""

    def __init__(self, url: str, session: aiohttp.ClientSession, person: str = "U0ADA") -> None:
        self.url = url
        self.session = session
        self.person = person

    async def get(self, path: str, **query: str) -> Any:
        async with self.session.get(self.url + path, params={"as": self.person, **query}) as answer:
            return await answer.json()

    async def post(self, path: str, **sent: Any) -> Any:
        sent = {"as": self.person, **sent}
        async with self.session.post(self.url + path, json=sent) as answer:
            return await answer.json()

    async def messages(self, channel: str = "C0TOYS") -> list[dict[str, Any]]:
        return list((await self.get(f"/page/channels/{channel}/messages"))["messages"])

    async def messages_when(self, count: int, channel: str = "C0TOYS") -> list[dict[str, Any]]:
        async def look() -> list[dict[str, Any]] | None:
            seen = await self.messages(channel)
            return seen if len(seen) == count else None

        return await eventually(look) or []

    async def say(self, text: str, channel: str = "C0TOYS", **more: Any) -> str:
        return str((await self.post("/page/messages", channel=channel, text=text, **more))["ts"])

    async def command(self, command: str, text: str, channel: str = "C0TOYS", **more: Any) -> Any:
        sent = {"channel": channel, "command": command, "text": text, **more}
        return await self.post("/page/commands", **sent)

    async def press(self, message: dict[str, Any], action_id: str) -> Any:
        for block in message["blocks"]:
            if any(one["action_id"] == action_id for one in block.get("elements", ())):
                return await self.post(
                    "/page/actions",
                    channel="C0TOYS",
                    message_ts=message["ts"],
                    block_id=block["block_id"],
                    action_id=action_id,
                )
        raise AssertionError(f"no {action_id} in {message}")

    async def upload(
        self, text: str, *files: tuple[str, bytes], path: str = "/page/files", **more: str
    ) -> Any:
        form = aiohttp.FormData()
        for name, value in {"as": self.person, "channel": "C0TOYS", "text": text, **more}.items():
            form.add_field(name, value)
        for name, content in files:
            form.add_field("files", content, filename=name)
        async with self.session.post(self.url + path, data=form) as answer:
            return await answer.json()

    async def modal(self) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            view: dict[str, Any] | None = (await self.get("/page/views"))["view"]
            return view

        return await eventually(look) or {}

    async def control(self, **switches: Any) -> None:
        async with self.session.post(self.url + "/page/control", json=switches) as answer:
            assert (await answer.json())["ok"]


class Inbox:
    """The events that a Bolt app received, in order."""

    def __init__(self, app: AsyncApp) -> None:
        self.bodies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        @app.event("message")
        @app.event("app_mention")
        @app.event("app_home_opened")
        async def keep(body: dict[str, Any]) -> None:
            self.bodies.put_nowait(body)

    async def body(self) -> dict[str, Any]:
        return await self.bodies.get()

    async def take_any(self) -> dict[str, Any]:
        event: dict[str, Any] = (await self.bodies.get())["event"]
        return event

    async def take(self, kind: str) -> dict[str, Any]:
        """Return the next event of a kind; the ones before it are passed over."""
        while (event := await self.take_any())["type"] != kind:
            pass
        return event


@asynccontextmanager
async def connected(app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Connect a Bolt app over Socket Mode for a while."""
    handler = AsyncSocketModeHandler(app, APP_TOKEN, web_client=app.client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
        # Bolt's client leaves its tasks cancelled but not awaited.
        await asyncio.sleep(0)


def client_for(server: WorkspaceServer) -> AsyncWebClient:
    return AsyncWebClient(token=BOT_TOKEN, base_url=server.url + "/api/")


def app_for(server: WorkspaceServer) -> AsyncApp:
    return AsyncApp(client=client_for(server), signing_secret=SIGNING_SECRET)
