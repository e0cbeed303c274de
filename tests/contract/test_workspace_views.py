"""Modals and the Home tab with a real Bolt app."""

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.server import WorkspaceServer
from tests.contract.test_workspace_files import picture
from tests.contract.workspace_kit import Inbox, Page, connected, eventually

pytestmark = pytest.mark.contract


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    held = {"action_id": "value", **element}
    return {"type": "input", "block_id": block_id, "label": plain("L"), "element": held, **more}


KINDS = [{"text": plain("Toy"), "value": "toy"}, {"text": plain("Style"), "value": "style"}]
FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "teach",
    "private_metadata": "C0TOYS",
    "title": plain("Teach a word"),
    "submit": plain("Teach"),
    "notify_on_close": True,
    "blocks": [
        field("word", {"type": "plain_text_input", "initial_value": "dicoo"}),
        field("kind", {"type": "static_select", "options": KINDS}),
        field("pictures", {"type": "file_input", "max_files": 10}, optional=True),
    ],
}


def opens_form(app: AsyncApp) -> None:
    @app.shortcut("teach")
    async def teach(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)


async def test_a_form_is_filled_refused_and_taken(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    opens_form(app)
    taken: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @app.view("teach")
    async def submitted(ack: AsyncAck, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["word"]["value"]["value"] == "taken":
            await ack(response_action="errors", errors={"word": "This word is taken."})
        else:
            await ack()
            taken.put_nowait(view)

    async with connected(app):
        await page.post("/page/shortcuts", callback_id="teach")
        view = await page.modal()
        path = f"/page/views/{view['id']}/submit"
        kept = await page.upload("", ("a.png", picture()), path="/page/uploads")
        values = {
            "word": {"value": {"type": "plain_text_input", "value": "taken"}},
            "pictures": {"value": {"type": "file_input", "files": kept["files"]}},
        }
        incomplete = await page.post(path, values=values)
        values["kind"] = {"value": {"type": "static_select", "selected_option": {"value": "toy"}}}
        refused = await page.post(path, values=values)
        values["word"]["value"]["value"] = "<dicoo>"
        accepted = await page.post(path, values=values)
        state = (await taken.get())["state"]["values"]
        left = (await page.get("/page/views"))["view"]
    assert incomplete["errors"] == {"kind": "Please complete this required field."}
    assert refused == {"ok": False, "errors": {"word": "This word is taken."}}
    assert accepted == {"ok": True}
    assert left is None
    assert state["word"]["value"]["value"] == "<dicoo>"
    assert state["kind"]["value"]["selected_option"] == KINDS[0]
    assert state["pictures"]["value"]["files"][0]["mimetype"] == "image/png"


async def test_an_answer_replaces_stacks_and_clears_the_modal(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    opens_form(app)
    answers = iter(("update", "push", "clear"))

    @app.view("teach")
    async def submitted(ack: AsyncAck) -> None:
        action = next(answers)
        view = {**FORM, "title": plain(action), "blocks": FORM["blocks"][:1]}
        if action == "clear":
            await ack(response_action=action)
        else:
            await ack(response_action=action, view=view)

    titles = []
    async with connected(app):
        await page.post("/page/shortcuts", callback_id="teach")
        kind = {"value": {"type": "static_select", "selected_option": {"value": "toy"}}}
        for _ in range(3):
            view = await page.modal()
            titles.append((view["title"]["text"], view["previous_view_id"] is None))
            await page.post(f"/page/views/{view['id']}/submit", values={"kind": kind})
        left = (await page.get("/page/views"))["view"]
    assert titles == [("Teach a word", True), ("update", True), ("push", False)]
    assert left is None


async def test_closing_tells_the_app(server: WorkspaceServer, page: Page, app: AsyncApp) -> None:
    opens_form(app)
    closed: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @app.view_closed("teach")
    async def on_close(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        closed.put_nowait(body)

    async with connected(app):
        await page.post("/page/shortcuts", callback_id="teach")
        view = await page.modal()
        await page.post(f"/page/views/{view['id']}/close")
        body = await closed.get()
    assert (body["view"]["id"], body["is_cleared"]) == (view["id"], False)


async def test_a_trigger_opens_once(server: WorkspaceServer, page: Page, app: AsyncApp) -> None:
    errors: asyncio.Queue[str] = asyncio.Queue()

    @app.command("/concept")
    async def concept(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        for trigger_id in (body["trigger_id"], "1.2"):
            try:
                await client.views_open(trigger_id=trigger_id, view=FORM)
            except SlackApiError as error:
                errors.put_nowait(error.response["error"])

    async with connected(app):
        await page.command("/concept", "teach")
        assert [await errors.get(), await errors.get()] == [
            "exchanged_trigger_id",
            "invalid_trigger_id",
        ]


async def test_an_update_keeps_what_was_typed_and_minds_its_hash(
    server: WorkspaceServer, page: Page, app: AsyncApp
) -> None:
    opens_form(app)
    async with connected(app):
        await page.post("/page/shortcuts", callback_id="teach")
        view = await page.modal()
        shorter = {**FORM, "blocks": FORM["blocks"][:1]}
        changed = await app.client.views_update(view_id=view["id"], hash=view["hash"], view=shorter)
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await app.client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)
    assert changed["view"]["state"]["values"]["word"]["value"]["value"] == "dicoo"
    with pytest.raises(SlackApiError, match="not_found"):
        await app.client.views_update(view_id="V0NONE", view=FORM)


async def test_a_view_that_is_not_valid_is_refused_in_slacks_words(
    server: WorkspaceServer, app: AsyncApp
) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments") as refused:
        await app.client.views_publish(
            user_id="U0ADA",
            view={"type": "home", "blocks": [{"type": "header", "text": plain("x" * 151)}]},
        )
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/view/blocks/0/text/text]"
    ]


async def test_the_home_tab_is_published_and_used(
    server: WorkspaceServer, page: Page, app: AsyncApp, inbox: Inbox
) -> None:
    clicks: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    button = {"type": "button", "action_id": "more", "value": "2", "text": plain("More")}
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}

    @app.action("more")
    async def more(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        clicks.put_nowait(body)

    async with connected(app):
        assert (await page.get("/page/home"))["view"] is None
        await page.post("/page/home/open")
        opened = await inbox.take("app_home_opened")
        await app.client.views_publish(user_id=opened["user"], view=home)

        async def published() -> Any:
            return (await page.get("/page/home"))["view"]

        view = await eventually(published)
        await page.post(
            "/page/actions",
            view_id=view["id"],
            block_id=view["blocks"][0]["block_id"],
            action_id="more",
        )
        body = await clicks.get()
        await page.post("/page/home/open")
        again = await inbox.take("app_home_opened")
    assert (opened["user"], opened["tab"]) == ("U0ADA", "home")
    assert (body["view"]["type"], body["actions"][0]["value"]) == ("home", "2")
    assert again["view"]["id"] == view["id"]
