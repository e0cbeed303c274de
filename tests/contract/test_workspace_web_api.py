"""The Web API as slack_sdk sees it: tokens, limits, refusals, lists."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.manifest import APP_TOKEN, BOT_TOKEN
from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import Page

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (None, "not_authed"),
        ("xoxb-other", "invalid_auth"),
        (APP_TOKEN, "not_allowed_token_type"),
    ],
)
async def test_a_wrong_token_is_refused(
    server: WorkspaceServer, token: str | None, error: str
) -> None:
    client = AsyncWebClient(token=token, base_url=server.url + "/api/")
    with pytest.raises(SlackApiError) as refused:
        await client.auth_test()
    assert refused.value.response["error"] == error


async def test_who_and_where_the_bot_is(server: WorkspaceServer, app: AsyncApp) -> None:
    told = await app.client.auth_test()
    assert (told["team_id"], told["user_id"], told["bot_id"]) == (
        "T0TOYBOX",
        "U0FIGMENT",
        "B0FIGMENT",
    )
    channels = (await app.client.users_conversations(types="public_channel,im"))["channels"]
    assert [one["id"] for one in channels] == [
        "C0TOYS",
        "C0GENERAL",
        "D0ADA",
        "D0LIN",
        "D0MAX",
        "D0MEI",
    ]
    assert (await app.client.conversations_open(users="U0LIN"))["channel"]["id"] == "D0LIN"
    assert (await app.client.users_info(user="U0MAX"))["user"]["name"] == "max"
    assert "locale" not in (await app.client.users_info(user="U0MEI"))["user"]
    mei = await app.client.users_info(user="U0MEI", include_locale=True)
    assert mei["user"]["locale"] == "zh-CN"
    assert (await app.client.bots_info(bot="B0FIGMENT"))["bot"]["app_id"] == "A0FIGMENT"
    assert (await app.client.conversations_info(channel="C0TOYS"))["channel"]["name"] == "toys"


async def test_a_rate_limit_names_its_seconds_and_passes(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    await page.control(ratelimit={"method": "chat.postMessage", "times": 2, "retry_after": 7})
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await app.client.chat_postMessage(channel="C0TOYS", text="hello")
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "7"
        assert refused.value.response["error"] == "ratelimited"
    await app.client.chat_postMessage(channel="C0TOYS", text="hello")
    assert len(await page.messages()) == 1


async def test_the_sdks_retry_handler_waits_as_told(
    server: WorkspaceServer, page: Page, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    app.client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await page.control(ratelimit={"method": "chat.postMessage", "times": 1, "retry_after": 3})
    monkeypatch.setattr("asyncio.sleep", note)
    await app.client.chat_postMessage(channel="C0TOYS", text="hello")
    monkeypatch.undo()
    assert any(3 <= seconds < 5 for seconds in waited)
    assert len(await page.messages()) == 1


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"channel": "C0NONE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0TOYS", "text": " "}, "no_text"),
        ({"channel": "C0TOYS", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C0TOYS", "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        (
            {"channel": "C0TOYS", "text": "x", "blocks": [{"type": "divider"}] * 51},
            "invalid_blocks",
        ),
        ({"channel": "C0TOYS", "text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
        ({"text": "x"}, "invalid_arguments"),
    ],
)
async def test_a_message_that_slack_would_refuse(
    server: WorkspaceServer, page: Page, app: AsyncApp, sent: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await app.client.api_call("chat.postMessage", json=sent)
    assert refused.value.response["error"] == error
    assert await page.messages() == []


async def test_forms_and_json_are_understood_alike(server: WorkspaceServer, app: AsyncApp) -> None:
    sent = {"channel": "C0TOYS", "text": "x", "token": BOT_TOKEN}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{server.url}/api/chat.postMessage", data=sent) as answer:
            assert (await answer.json())["ok"]
        async with session.get(f"{server.url}/api/auth.test", params=sent) as answer:
            assert (await answer.json())["user"] == "figment"
        async with session.post(f"{server.url}/api/chat.dream", data=sent) as answer:
            assert (await answer.json())["error"] == "unknown_method"


async def test_history_comes_in_pages_latest_first(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    stamps = [await page.say(str(number)) for number in range(5)]
    await app.client.chat_postEphemeral(channel="C0TOYS", user="U0ADA", text="only you")
    first = await app.client.conversations_history(channel="C0TOYS", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await app.client.conversations_history(channel="C0TOYS", limit=3, cursor=cursor)
    since = await app.client.conversations_history(channel="C0TOYS", oldest=stamps[2])
    assert [one["text"] for one in first["messages"]] == ["4", "3"]
    assert [one["text"] for one in second["messages"]] == ["2", "1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert [one["text"] for one in since["messages"]] == ["4", "3"]


async def test_metadata_is_kept_for_those_who_ask(server: WorkspaceServer, app: AsyncApp) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"key": "17"}}
    await app.client.chat_postMessage(channel="C0TOYS", text="x", metadata=metadata)
    plain = await app.client.conversations_history(channel="C0TOYS")
    full = await app.client.conversations_history(channel="C0TOYS", include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_reactions_come_and_go(server: WorkspaceServer, page: Page, app: AsyncApp) -> None:
    ts = await page.say("hello")
    where = {"channel": "C0TOYS", "timestamp": ts, "name": "eyes"}
    await app.client.reactions_add(**where)
    with pytest.raises(SlackApiError, match="already_reacted"):
        await app.client.reactions_add(**where)
    assert (await page.messages())[0]["reactions"] == [{"name": "eyes", "users": ["U0FIGMENT"]}]
    await app.client.reactions_remove(**where)
    with pytest.raises(SlackApiError, match="no_reaction"):
        await app.client.reactions_remove(**where)
    assert (await page.messages())[0]["reactions"] == []


async def test_deleting_and_linking(server: WorkspaceServer, page: Page, app: AsyncApp) -> None:
    posted = await app.client.chat_postMessage(channel="#toys", text="x")
    where = {"channel": posted["channel"]}
    link = await app.client.chat_getPermalink(message_ts=posted["ts"], **where)
    assert link["permalink"].startswith(f"{server.url}/archives/C0TOYS/p")
    await app.client.chat_delete(ts=posted["ts"], **where)
    assert await page.messages() == []


async def test_the_page_is_there_or_says_how_to_build_it(
    server: WorkspaceServer, page: Page
) -> None:
    async with page.session.get(server.url + "/") as answer:
        text = await answer.text()
    assert "<html" in text or "npm run build" in text
    async with page.session.get(server.url + "/assets/../server.py") as answer:
        assert answer.status == 404
