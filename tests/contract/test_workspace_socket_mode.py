"""Socket Mode's promises: repeats, several connections, lost ones, and the built-in client."""

import asyncio
import threading
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient

from demo.workspace.manifest import APP_TOKEN, BOT_TOKEN
from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import Inbox, Page, app_for, connected, eventually

pytestmark = pytest.mark.contract


async def test_an_event_that_nobody_acknowledges_comes_again_three_times(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    attempts: asyncio.Queue[tuple[str, list[str]]] = asyncio.Queue()

    @app.middleware
    async def swallow(body: dict[str, Any], request: Any) -> None:
        """Do not go on, so that Bolt has nothing to acknowledge."""
        attempts.put_nowait((body["event_id"], request.headers["x-slack-retry-num"]))

    async with connected(app):
        await page.say("hello")
        seen = [await attempts.get() for _ in range(4)]
    assert [number for _, number in seen] == [["0"], ["1"], ["2"], ["3"]]
    assert len({event_id for event_id, _ in seen}) == 1


async def test_the_last_event_is_repeated_on_demand(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    async with connected(app):
        await page.say("hello")
        first = await inbox.body()
        await app.client.chat_postMessage(channel="C0TOYS", text="what the bot says is no matter")
        await page.control(redeliver_last_event=True)
        second = await inbox.body()
    assert first["event_id"] == second["event_id"]
    assert first["event"] == second["event"]


async def test_an_event_waits_for_an_app_that_is_away(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    await page.say("is anybody there?")
    async with connected(app):
        event = await inbox.take("message")
    assert event["text"] == "is anybody there?"


async def test_each_event_goes_to_one_of_several_connections(
    server: WorkspaceServer, page: Page
) -> None:
    apps = [app_for(server), app_for(server)]
    inboxes = [Inbox(one) for one in apps]
    async with connected(apps[0]), connected(apps[1]):

        async def both() -> bool:
            return server.connections == 2

        await eventually(both)
        for number in range(4):
            await page.say(str(number))
        seen = [[(await inbox.take("message"))["text"] for _ in range(2)] for inbox in inboxes]
    assert sorted(seen[0] + seen[1]) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("how", [True, "refresh"])
async def test_a_lost_connection_comes_back(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox, how: object
) -> None:
    async with connected(app):
        await page.say("before")
        await inbox.take("message")
        assert (await page.get("/page/state"))["connected"] is True
        await page.control(drop_sockets=how)
        await page.say("after")
        assert (await inbox.take("message"))["text"] == "after"


async def test_the_page_hears_of_changes_as_they_happen(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    async with page.session.get(server.url + "/page/events") as stream:
        assert await stream.content.readline() == b": hello\n"
        ts = await page.say("hello")
        lines = [await stream.content.readline() for _ in range(2)]
        async with connected(app):
            await stream.content.readline()
            told = await stream.content.readline()
    assert ts.encode() in lines[1]
    assert b'"type": "message"' in lines[1]
    assert b'"type": "connected"' in told


async def test_the_built_in_websocket_client_works_too(server: WorkspaceServer, page: Page) -> None:
    heard = threading.Event()

    def run() -> SocketModeHandler:
        client = WebClient(token=BOT_TOKEN, base_url=server.url + "/api/")
        app = App(client=client, signing_secret="unused")

        @app.command("/imagine")
        def imagine(ack: Any, command: dict[str, str]) -> None:
            ack(f"drawing {command['text']}")
            heard.set()

        handler = SocketModeHandler(app, APP_TOKEN)
        handler.client.web_client = client
        handler.connect()  # type: ignore[no-untyped-call]
        return handler

    handler = await asyncio.to_thread(run)
    try:

        async def there() -> bool:
            return server.connections == 1

        await eventually(there)
        assert await page.command("/imagine", "a fish") == {"ok": True}
        assert await asyncio.to_thread(heard.wait, 5)
        (shown,) = await page.messages()
    finally:
        await asyncio.to_thread(handler.close)
    assert shown["text"] == "drawing a fish"
