"""A real Bolt app in the workspace: commands, events, clicks and modals over Socket Mode."""

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import Page, connected, eventually

pytestmark = pytest.mark.contract


async def test_a_command_reaches_the_app_and_its_message_the_channel(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    @app.command("/imagine")
    async def imagine(ack: AsyncAck, command: dict[str, str], client: AsyncWebClient) -> None:
        await ack("drawing…")
        await client.chat_postMessage(channel=command["channel_id"], text=command["text"])

    async with connected(app, server):
        assert await page.command("/imagine", "a <dicoo> & a friend") == {"ok": True}

        async def both() -> list[dict[str, object]] | None:
            seen = await page.messages()
            return seen if len(seen) == 2 else None

        by_text = {one["text"]: one for one in await eventually(both)}
    assert by_text["drawing…"]["ephemeral_to"] == "U0ADA"
    assert by_text["a &lt;dicoo&gt; &amp; a friend"]["bot_id"] == "B0FIGMENT"
