"""Files between people and a real Bolt app: uploads, downloads, and pictures in blocks."""

from io import BytesIO
from typing import Any

import aiohttp
import pytest
from PIL import Image
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from demo.workspace.manifest import BOT_TOKEN
from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import Inbox, Page, connected, eventually

pytestmark = pytest.mark.contract


def picture(colour: str = "red", size: tuple[int, int] = (6, 4)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


async def fetch(url: str, token: str | None) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_pictures_with_a_mention_come_as_file_share_and_as_mention(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    async with connected(app):
        sent = await page.upload(
            "@figment teach <dicoo> as toy", ("a.png", picture()), ("b.jpeg", b"\xff\xd8 no")
        )
        message, mention = await inbox.take("message"), await inbox.take("app_mention")
    assert message["subtype"] == "file_share"
    assert mention["text"] == "<@U0FIGMENT> teach &lt;dicoo&gt; as toy"
    assert message["files"] == mention["files"]
    first, second = message["files"]
    assert [first["name"], first["mimetype"], first["filetype"]] == ["a.png", "image/png", "png"]
    assert [second["mimetype"], second["filetype"]] == ["image/jpeg", "jpg"]
    assert (first["user"], first["size"]) == ("U0ADA", len(picture()))
    assert (first["original_w"], first["original_h"]) == (6, 4)
    (shown,) = await page.messages()
    assert shown["ts"] == sent["ts"] == message["ts"]
    assert await fetch(server.url + shown["files"][0]["url"], None) == (
        200,
        "image/png",
        picture(),
    )


async def test_only_the_bot_downloads_and_others_get_a_login_page(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    async with connected(app):
        await page.upload("", ("a.png", picture()))
        url = (await inbox.take("message"))["files"][0]["url_private_download"]
    assert await fetch(url, BOT_TOKEN) == (200, "image/png", picture())
    for token in (None, "xoxb-somebody"):
        status, kind, body = await fetch(url, token)
        assert (status, kind) == (200, "text/html")
        assert b"Sign in" in body
    await page.control(missing_scopes=["files:read"])
    assert (await fetch(url, BOT_TOKEN))[:2] == (200, "text/html")


async def test_stubs_lead_to_files_info(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    await page.control(file_stubs=True)
    async with connected(app):
        ts = (await page.upload("", ("a.png", picture())))["ts"]
        (stub,) = (await inbox.take("message"))["files"]
    assert stub["file_access"] == "check_file_info"
    assert "url_private" not in stub
    told = await app.client.files_info(file=stub["id"])
    assert told["file"]["mimetype"] == "image/png"
    assert told["file"]["shares"]["public"]["C0TOYS"][0]["ts"] == ts


async def test_the_bot_uploads_into_a_thread(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    root = await page.say("draw me something")
    done = await app.client.files_upload_v2(
        channel="C0TOYS",
        thread_ts=root,
        initial_comment="two fishes",
        file_uploads=[
            {"file": picture("blue"), "filename": "1.png", "title": "one", "alt_txt": "a fish"},
            {"file": picture("green"), "filename": "2.png"},
        ],
    )
    # The answer comes before the message does.
    assert (await page.messages())[0]["replies"] == []

    async def replies() -> list[dict[str, Any]]:
        return list((await page.messages())[0]["replies"])

    (reply,) = await eventually(replies)
    assert [one["title"] for one in done["files"]] == ["one", "2.png"]
    assert reply["text"] == "two fishes"
    assert reply["bot_id"] == "B0FIGMENT"
    assert [one["alt_text"] for one in reply["files"]] == ["a fish", ""]
    body = (await fetch(server.url + reply["files"][1]["url"], None))[2]
    assert body == picture("green")
    told = await app.client.files_info(file=done["files"][0]["id"])
    assert told["file"]["shares"]["public"]["C0TOYS"] == [{"ts": reply["ts"], "thread_ts": root}]


async def test_a_picture_block_needs_a_file_that_is_ready(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    done = await app.client.files_upload_v2(file=picture(), filename="1.png")
    file_id = done["file"]["id"]
    block: dict[str, Any] = {"type": "image", "slack_file": {"id": file_id}, "alt_text": "a fish"}
    assert done["file"]["mimetype"] == ""
    with pytest.raises(SlackApiError, match="invalid_blocks") as refused:
        await app.client.chat_postMessage(channel="C0TOYS", text="here", blocks=[block])
    assert refused.value.response["errors"] == [
        "invalid slack file [json-pointer:/blocks/0/slack_file]"
    ]
    while not (await app.client.files_info(file=file_id))["file"]["mimetype"]:
        pass
    await app.client.chat_postMessage(channel="C0TOYS", text="here", blocks=[block])
    (shown,) = await page.messages()
    assert shown["blocks"][0]["slack_file"] == {"id": file_id}


async def test_an_upload_of_another_length_is_refused(
    server: WorkspaceServer, app: AsyncApp
) -> None:
    slot = await app.client.files_getUploadURLExternal(filename="1.png", length=10)
    async with (
        aiohttp.ClientSession() as session,
        session.post(slot["upload_url"], data=b"123") as answer,
    ):
        assert answer.status == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        await app.client.files_completeUploadExternal(
            files=[{"id": slot["file_id"], "title": "x"}], channel_id="C0TOYS"
        )


async def test_the_bot_deletes_its_own_files_only(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    theirs = (await page.upload("", ("a.png", picture())))["files"][0]
    own = await app.client.files_upload_v2(file=picture(), filename="1.png", channel="C0TOYS")
    await page.messages_when(2)
    with pytest.raises(SlackApiError, match="cant_delete_file"):
        await app.client.files_delete(file=theirs)
    await app.client.files_delete(file=own["file"]["id"])
    assert [len(one["files"]) for one in await page.messages()] == [1, 0]


async def test_of_a_file_in_a_channel_without_the_bot_it_knows_nothing(
    page: Page, app: AsyncApp
) -> None:
    both = (await page.upload("", ("a.png", picture())))["files"][0]
    there = (await page.upload("", ("a.png", picture()), channel="C0GENERAL"))["files"][0]
    own = await app.client.files_upload_v2(file=picture(), filename="1.png", channel="C0GENERAL")
    await page.messages_when(2, "C0GENERAL")
    await page.control(leave_channels=["C0GENERAL"])
    for seen in (both, own["file"]["id"]):
        assert (await app.client.files_info(file=seen))["file"]["id"] == seen
    with pytest.raises(SlackApiError, match="file_not_found"):
        await app.client.files_info(file=there)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await app.client.conversations_history(channel="C0GENERAL")
