"""Calls over the wire: nothing is posted twice, and what was posted is found among many."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from PIL import Image
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.kit import Mrkdwn
from bot.budget import Budget
from bot.calls import Calls
from bot.retries import retry_handlers
from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import QUICK, Page, client_for

PAGE, MANY = 20, 45
"""Messages of a page, and more than two pages of them."""


@pytest.fixture
async def server() -> AsyncIterator[WorkspaceServer]:
    running = WorkspaceServer(patience=QUICK)
    await running.start()
    yield running
    await running.stop()


@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_message_of_ours_is_found_behind_hundreds(
    server: WorkspaceServer, monkeypatch: pytest.MonkeyPatch, in_thread: bool
) -> None:
    monkeypatch.setattr("bot.calls._PAGE", PAGE)
    calls = Calls(client_for(server), Budget({}))
    root = await calls.post("C0TOYS", Mrkdwn("root"), key="root")
    thread = root if in_thread else None
    first = await calls.post("C0TOYS", Mrkdwn("first"), thread=thread, key="first")
    for number in range(MANY):
        await calls.post("C0TOYS", Mrkdwn(f"{number}"), thread=thread)
    last = await calls.post("C0TOYS", Mrkdwn("last"), thread=thread, key="last")
    assert await calls.posted("C0TOYS", thread, "first", since=0) == first
    assert await calls.posted("C0TOYS", thread, "last", since=0) == last
    assert await calls.posted("C0TOYS", thread, "never", since=0) is None
    found = await (calls.thread("C0TOYS", root) if in_thread else calls.history("C0TOYS", 0))
    assert len(found) == MANY + 3


@pytest.mark.parametrize("sign", ["x", "\u732b", "&lt;", "\U0001f916"])
async def test_texts_are_no_longer_than_slack_takes(
    server: WorkspaceServer, tmp_path: Path, sign: str
) -> None:
    calls = Calls(client_for(server), Budget({}))
    ts = await calls.post("C0TOYS", Mrkdwn("at first"))
    await calls.update("C0TOYS", ts, Mrkdwn(sign * 3800), [])
    async with aiohttp.ClientSession() as session:
        (updated,) = await Page(server.url, session).messages()
    assert updated["text"].startswith(sign * 900)
    picture = tmp_path / "1.png"
    Image.new("RGB", (64, 64)).save(picture)
    file_id = await calls.files.upload(picture, sign * 1500)
    stored = (await client_for(server).files_info(file=file_id))["file"]
    assert stored["title"].startswith(sign * 190)
    assert stored["alt_txt"] == stored["title"]


async def test_what_may_have_been_posted_is_not_sent_once_more() -> None:
    asked: Counter[str] = Counter()

    async def hang_up(request: web.Request) -> web.Response:
        asked[request.match_info["method"]] += 1
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/api/{method}", hang_up)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    client = AsyncWebClient(token="xoxb-x", base_url=url, retry_handlers=retry_handlers())
    for call in (
        client.chat_postMessage(channel="C1", text="once"),
        client.chat_postEphemeral(channel="C1", user="U1", text="once"),
        client.chat_update(channel="C1", ts="1.2", text="twice"),
    ):
        with pytest.raises(aiohttp.ClientError):
            await call
    await runner.cleanup()
    assert asked == {"chat.postMessage": 1, "chat.postEphemeral": 1, "chat.update": 2}


@pytest.mark.parametrize("status", [500, 503])
async def test_slacks_own_trouble_is_one_of_the_line(status: int) -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=status, text="<html>no</html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/api/{method}", broken)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    calls = Calls(AsyncWebClient(token="xoxb-x", base_url=url), Budget({}))
    with pytest.raises(aiohttp.ClientError, match=str(status)):
        await calls.post("C1", Mrkdwn("x"))
    await runner.cleanup()
