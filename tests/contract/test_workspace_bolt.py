"""A real Bolt app in the workspace: commands, mentions, clicks, shortcuts and threads."""

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import Inbox, Page, connected, eventually

pytestmark = pytest.mark.contract

BUTTONS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Teaching*"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "job.cancel",
                "value": "17",
                "text": {"type": "plain_text", "text": "Cancel"},
            }
        ],
    },
]


async def test_a_command_reaches_the_app_and_its_message_the_channel(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    @app.command("/imagine")
    async def imagine(ack: AsyncAck, command: dict[str, str], client: AsyncWebClient) -> None:
        await ack("drawing…")
        await client.chat_postMessage(channel=command["channel_id"], text=command["text"])

    async with connected(app):
        assert await page.command("/imagine", "a <dicoo> & a friend") == {"ok": True}
        seen = await page.messages_when(2)
    by_text = {one["text"]: one for one in seen}
    assert by_text["drawing…"]["ephemeral_to"] == "U0ADA"
    assert by_text["a &lt;dicoo&gt; &amp; a friend"]["bot_id"] == "B0FIGMENT"
    page.person = "U0LIN"
    assert [one["text"] for one in await page.messages()] == ["a &lt;dicoo&gt; &amp; a friend"]


async def test_what_is_no_command_is_refused_as_at_slack(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    async with connected(app):
        unknown = await page.command("/dream", "a fish")
        threaded = await page.command("/imagine", "a fish", thread_ts="1.0")
    assert unknown["error"] == "invalid_command"
    assert unknown["message"].startswith("/dream is not a valid command.")
    assert threaded["message"] == "/imagine is not supported in threads. Sorry!"


async def test_a_command_fails_for_an_absent_and_for_a_silent_app(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    absent = await page.command("/imagine", "a fish")

    @app.command("/imagine")
    async def imagine() -> None:
        """Never acknowledge."""

    async with connected(app):
        silent = await page.command("/imagine", "a fish")
    assert absent["error"] == "dispatch_failed"
    assert silent["error"] == "operation_timeout"


async def test_a_response_url_works_five_times(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    answers: asyncio.Queue[tuple[int, str]] = asyncio.Queue()

    @app.command("/concept")
    async def concept(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        for text in ("one", "two", "three"):
            answer = await respond(text, replace_original=text == "two")
            answers.put_nowait((answer.status_code, answer.body))
        await respond("for all", response_type="in_channel")
        await respond(delete_original=True)
        answer = await respond("six")
        answers.put_nowait((answer.status_code, answer.body))

    async with connected(app):
        await page.command("/concept", "list")
        seen = [await answers.get() for _ in range(4)]
    assert seen[:3] == [(200, "ok")] * 3
    assert seen[3][0] == 404
    assert "used_url" in seen[3][1]
    assert [(one["text"], one["ephemeral_to"]) for one in await page.messages()] == [
        ("three", "U0ADA"),
        ("for all", None),
    ]


async def test_a_mention_comes_twice_as_slack_sends_it(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    async with connected(app):
        ts = await page.say("@figment a <dicoo> & 2 fishes for @lin, see https://a.b/?c=1&d")
        message, mention = await inbox.take("message"), await inbox.take("app_mention")
    for event in (message, mention):
        assert event["ts"] == event["event_ts"] == ts
        assert event["text"] == (
            "<@U0FIGMENT> a &lt;dicoo&gt; &amp; 2 fishes for <@U0LIN>, see <https://a.b/?c=1&amp;d>"
        )
        assert event["channel"] == "C0TOYS"
    assert message["channel_type"] == "channel"
    assert "subtype" not in message


async def test_a_direct_message_is_no_mention(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    async with connected(app):
        await page.say("@figment help", channel="D0ADA")
        message = await inbox.take("message")
        await page.say("later")
        following = await inbox.take_any()
    assert message["channel_type"] == "im"
    assert (following["type"], following["text"]) == ("message", "later")


async def test_threads_hold_together(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    async with connected(app):
        root = await page.say("who draws?")
        await page.say("@figment you do", thread_ts=root)
        mention = await inbox.take("app_mention")
        reply = await app.client.chat_postMessage(
            channel="C0TOYS", text="on it", thread_ts=mention["ts"]
        )
    assert mention["thread_ts"] == root
    assert mention["parent_user_id"] == "U0ADA"
    assert reply["message"]["thread_ts"] == root
    (shown,) = await page.messages()
    assert shown["reply_count"] == 2
    assert [one["text"] for one in shown["replies"]] == ["<@U0FIGMENT> you do", "on it"]
    told = await app.client.conversations_replies(channel="C0TOYS", ts=root)
    assert [one["text"] for one in told["messages"]] == [
        "who draws?",
        "<@U0FIGMENT> you do",
        "on it",
    ]
    history = await app.client.conversations_history(channel="C0TOYS")
    assert [one["ts"] for one in history["messages"]] == [root]


async def test_a_button_reaches_the_app_which_responds(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    clicks: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @app.action("job.cancel")
    async def cancel(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        clicks.put_nowait(body)
        await respond("Cancelled.", replace_original=True)

    async with connected(app):
        await app.client.chat_postMessage(channel="C0TOYS", text="Teaching", blocks=BUTTONS)
        (card,) = await page.messages()
        pressed = await page.press(card, "job.cancel")
        body = await clicks.get()

        async def replaced() -> bool:
            return bool((await page.messages())[0]["text"] == "Cancelled.")

        await eventually(replaced)
    assert pressed == {"ok": True}
    assert body["actions"][0]["value"] == "17"
    assert body["message"]["ts"] == body["container"]["message_ts"] == card["ts"]
    assert (body["user"]["id"], body["channel"]["id"]) == ("U0ADA", "C0TOYS")
    assert (await page.messages())[0]["blocks"] == []
    stale = await page.press(card, "job.cancel")
    assert stale["error"] == "element_not_found"


async def test_shortcuts_on_a_message_and_from_anywhere(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    used: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @app.shortcut("teach")
    @app.shortcut("teach_from_message")
    async def teach(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        await ack()
        used.put_nowait(shortcut)

    async with connected(app):
        ts = await page.say("look at this <toy>")
        await page.post("/page/shortcuts", callback_id="teach")
        await page.post(
            "/page/shortcuts", callback_id="teach_from_message", channel="C0TOYS", message_ts=ts
        )
        globally, on_message = await used.get(), await used.get()
    assert (globally["type"], on_message["type"]) == ("shortcut", "message_action")
    assert on_message["message"]["text"] == "look at this &lt;toy&gt;"
    assert on_message["message_ts"] == ts
    assert on_message["response_url"].startswith(f"{server.url}/respond/")


async def test_an_update_edits_in_place_and_blocks_stay_until_others_come(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    posted = await app.client.chat_postMessage(channel="C0TOYS", text="a", blocks=BUTTONS)
    await app.client.chat_update(channel="C0TOYS", ts=posted["ts"], text="b", blocks=BUTTONS)
    (card,) = await page.messages()
    assert (card["text"], card["edited"], len(card["blocks"])) == ("b", True, 2)
    await app.client.chat_update(channel="C0TOYS", ts=posted["ts"], text="c")
    (card,) = await page.messages()
    assert (card["ts"], card["text"], len(card["blocks"])) == (posted["ts"], "c", 2)
    await app.client.chat_update(channel="C0TOYS", ts=posted["ts"], text="d", blocks=[])
    (card,) = await page.messages()
    assert (card["text"], card["blocks"]) == ("d", [])
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await app.client.chat_update(channel="C0TOYS", ts=posted["ts"], text="\u732b" * 1334)


async def test_nobody_edits_what_another_wrote(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    ts = await page.say("mine")
    with pytest.raises(SlackApiError, match="cant_update_message"):
        await app.client.chat_update(channel="C0TOYS", ts=ts, text="yours")
    with pytest.raises(SlackApiError, match="message_not_found"):
        await app.client.chat_update(channel="C0TOYS", ts="1.000001", text="x")


@pytest.mark.parametrize(
    ("kind", "channel_type", "refusal"),
    [
        ("channels", "channel", "not_in_channel"),
        ("groups", "group", "channel_not_found"),
        ("mpim", "mpim", "channel_not_found"),
    ],
)
async def test_kinds_of_channels_are_told_apart(
    server: WorkspaceServer,
    page: Page,
    app: AsyncApp,
    inbox: Inbox,
    kind: str,
    channel_type: str,
    refusal: str,
) -> None:
    await page.control(channel_kinds={"C0TOYS": kind})
    async with connected(app):
        await page.say("hello")
        assert (await inbox.take("message"))["channel_type"] == channel_type
    await page.control(leave_channels=["C0TOYS"])
    with pytest.raises(SlackApiError, match=refusal):
        await app.client.chat_postMessage(channel="C0TOYS", text="anybody?")
