"""With what the manifest asks for everything works; without one scope, that one is named."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from bot.manifest import HISTORY, bot_scopes
from bot.scopes import needed_of_ours, not_granted
from demo.workspace.scopes import METHOD_SCOPES
from demo.workspace.web_api.dispatch import METHODS
from tests.contract.workspace_kit import eventually
from tests.unit.bot.test_figment import Message, Team, serving, team

__all__ = ["team"]  # The fixture.

Journey = Callable[[Team], Awaitable[None]]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    """What the bot writes about scopes and how it started."""
    captured = LogCapture()
    for module in ("bot.wiring", "bot.slack_errors", "bot.files"):
        logger = structlog.wrap_logger(None, processors=[captured])
        monkeypatch.setattr(f"{module}._log", logger)
    return captured


def logged(log: LogCapture, event: str, key: str) -> list[str]:
    return [entry[key] for entry in log.entries if entry["event"] == event]


@asynccontextmanager
async def only_the_bot(team: Team) -> AsyncIterator[None]:
    """The bot without a worker: what is asked for stays in the queue."""
    figment = team.start()
    await figment.start()
    try:
        yield
    finally:
        await figment.stop()
        await asyncio.sleep(0)


async def taught(team: Team) -> Message:
    await team.page.upload("look", *team.pictures)
    await team.page.command("/concept", "teach <dicoo> as toy")
    return await team.wait_for("<dicoo> is ready", "job.try", "slack_file")


async def submit(team: Team, view: Message, **values: dict[str, Any]) -> None:
    typed = {field: {field: value} for field, value in values.items()}
    sent = await team.page.post(f"/page/views/{view['id']}/submit", values=typed)
    assert sent == {"ok": True}


async def open_home(team: Team) -> Message:
    """Open the bot's page and press its button to draw with a concept."""
    await team.page.post("/page/home/open")

    async def published() -> Message | None:
        view: Message | None = (await team.page.get("/page/home"))["view"]
        return view

    return await eventually(published) or {}


async def try_at_home(team: Team, home: Message) -> None:
    """Ask for pictures with the button beside a concept: outside of any channel."""
    (block,) = [one for one in home["blocks"] if "job.try" in json.dumps(one.get("elements"))]
    where = {"view_id": home["id"], "block_id": block["block_id"], "action_id": "job.try"}
    assert await team.page.post("/page/actions", **where) == {"ok": True}
    await submit(team, await team.page.modal())


async def in_direct_channel(team: Team, *words: str) -> Message:
    async def look() -> Message | None:
        for message in await team.page.messages("D0ADA"):
            if message.get("bot_id") and all(word in json.dumps(message) for word in words):
                return message
        return None

    return await eventually(look) or {}


async def teach_by_command(team: Team) -> None:
    card = await taught(team)
    await team.wait_for("&lt;dicoo&gt;* is ready", card["ts"])


async def teach_by_mention(team: Team) -> None:
    upload = await team.page.upload("<@U0FIGMENT> teach <flip> as toy", *team.pictures)
    assert (await team.wait_for("<flip> is ready"))["thread_ts"] == upload["ts"]


async def teach_by_shortcut(team: Team) -> None:
    upload = await team.page.upload("look", *team.pictures)
    called = {"callback_id": "teach_from_message", "channel": "C0TOYS", "message_ts": upload["ts"]}
    assert await team.page.post("/page/shortcuts", **called) == {"ok": True}
    view = await team.page.modal()
    await submit(team, view, name={"value": "<flop>"}, word={"value": "toy"})
    await team.wait_for("<flop> is ready")


async def imagine(team: Team) -> None:
    await team.page.command("/imagine", "a toy")
    await team.wait_for_pictures(2)


async def list_and_show(team: Team) -> None:
    await taught(team)
    await team.page.command("/concept", "list")
    await team.wait_for("taught by")
    await team.page.command("/concept", "show <dicoo>")
    await team.wait_for("A sample of <dicoo>", "slack_file")


async def draw_at_home(team: Team) -> None:
    await taught(team)
    home = await open_home(team)
    assert "slack_file" in json.dumps(home)
    await try_at_home(team, home)
    await in_direct_channel(team, "asked: a &lt;dicoo&gt; at the beach", "done")


async def ask_directly(team: Team) -> None:
    ts = await team.page.say("a toy", channel="D0ADA")
    await in_direct_channel(team, "asked: a toy")
    assert ts


async def cancel(team: Team) -> None:
    await team.page.command("/imagine", "a toy")
    status = await team.wait_for("asked: a toy", "render.cancel")
    await team.press(status, "render.cancel")
    await team.wait_for("The render is cancelled")


JOURNEYS: tuple[Journey, ...] = (
    teach_by_command,
    teach_by_mention,
    teach_by_shortcut,
    imagine,
    list_and_show,
    draw_at_home,
    ask_directly,
)


@pytest.mark.slow
@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda one: one.__name__)
async def test_what_the_manifest_asks_for_is_enough(
    team: Team, log: LogCapture, journey: Journey
) -> None:
    async with serving(team):
        await journey(team)
    assert logged(log, "scope_missing", "scope") == []
    assert logged(log, "scopes_not_granted", "scopes") == []


@pytest.mark.slow
async def test_what_the_manifest_asks_for_is_enough_to_cancel(team: Team, log: LogCapture) -> None:
    async with only_the_bot(team):
        await cancel(team)
    assert logged(log, "scope_missing", "scope") == []


async def told_over_the_commands_address(team: Team, scope: str) -> None:
    await team.page.upload("look", *team.pictures)
    await team.page.command("/concept", "teach <dicoo> as toy")
    told = await team.wait_for(f"lacks the permission {scope}.", "OAuth &amp; Permissions")
    assert told["ephemeral_to"] == "U0ADA"


async def told_to_who_draws(team: Team, scope: str) -> None:
    await team.page.command("/imagine", "a toy")
    told = await team.wait_for(f"lacks the permission {scope}.")
    assert told["ephemeral_to"] == "U0ADA"


async def told_in_the_thread(team: Team, scope: str) -> None:
    upload = await team.page.upload("<@U0FIGMENT> teach <flip> as toy", *team.pictures)
    told = await team.wait_for(f"lacks the permission {scope}.")
    assert told["thread_ts"] == upload["ts"]


async def told_in_the_direct_channel(team: Team, scope: str) -> None:
    await taught(team)
    await try_at_home(team, await open_home(team))
    await in_direct_channel(team, f"lacks the permission {scope}.")


async def told_of_a_direct_channels_past(team: Team, scope: str) -> None:
    await team.page.command("/concept", "teach <dicoo> as toy", channel="D0ADA")
    await in_direct_channel(team, f"lacks the permission {scope}.")


async def told_by_the_log_alone(team: Team, scope: str) -> None:
    """Slack tells the bot nothing of what was asked, so nobody can be answered."""
    if scope == "commands":
        answer = await team.page.command("/concept", "list")
        assert answer["error"] == "invalid_command"
    else:
        await team.page.say("<@U0FIGMENT> a toy")
        await team.page.command("/concept", "list")
        await team.wait_for("Nothing was taught here yet")
        assert "asked:" not in json.dumps(await team.all())


WITHOUT: dict[str, Callable[[Team, str], Awaitable[None]]] = {
    "app_mentions:read": told_by_the_log_alone,
    "channels:history": told_over_the_commands_address,
    "chat:write": told_over_the_commands_address,
    "commands": told_by_the_log_alone,
    "files:read": told_in_the_thread,
    "files:write": told_to_who_draws,
    "groups:history": told_over_the_commands_address,
    "im:history": told_of_a_direct_channels_past,
    "im:write": told_in_the_direct_channel,
    "mpim:history": told_over_the_commands_address,
    "users:read": told_over_the_commands_address,
}
KINDS = {"groups:history": "groups", "mpim:history": "mpim"}
"""Where the channel of the story is of another kind."""


def test_there_is_a_story_for_each_scope() -> None:
    assert set(WITHOUT) == set(bot_scopes())


@pytest.mark.slow
@pytest.mark.parametrize("scope", WITHOUT)
async def test_without_a_scope_it_is_named(team: Team, log: LogCapture, scope: str) -> None:
    kind = KINDS.get(scope, "channels")
    await team.page.control(missing_scopes=[scope], channel_kinds={"C0TOYS": kind})
    async with serving(team):
        await WITHOUT[scope](team, scope)
    assert logged(log, "scopes_not_granted", "scopes") == [scope]


async def unknown_to_commands(team: Team) -> Message:
    await team.page.command("/concept", "list")
    return await team.wait_for("users:read")


async def unknown_to_settings(team: Team) -> Message:
    await team.page.command("/figment", "settings")
    return await team.wait_for("users:read")


async def unknown_to_limits(team: Team) -> Message:
    await team.page.command("/figment", "limits")
    return await team.wait_for("users:read")


async def unknown_to_mentions(team: Team) -> Message:
    await team.page.say("<@U0FIGMENT> a toy")
    return await team.wait_for("users:read")


async def unknown_to_forms(team: Team) -> Message:
    upload = await team.page.upload("look", *team.pictures)
    called = {"callback_id": "teach_from_message", "channel": "C0TOYS", "message_ts": upload["ts"]}
    assert await team.page.post("/page/shortcuts", **called) == {"ok": True}
    view = await team.page.modal()
    await submit(team, view, name={"value": "<flop>"}, word={"value": "toy"})
    return await team.wait_for("users:read")


@pytest.mark.slow
@pytest.mark.parametrize(
    "way",
    [
        unknown_to_commands,
        unknown_to_settings,
        unknown_to_limits,
        unknown_to_mentions,
        unknown_to_forms,
        open_home,
    ],
    ids=lambda one: one.__name__,
)
async def test_whoever_cannot_be_told_apart_is_not_let_in_and_reads_why(
    team: Team, log: LogCapture, way: Callable[[Team], Awaitable[Message]]
) -> None:
    await team.page.control(missing_scopes=["users:read"])
    async with only_the_bot(team):
        told = json.dumps(await way(team))
    assert "Figment lacks the permission users:read. Whoever installed it" in told
    assert "reinstalls the app" in told
    assert set(logged(log, "scope_missing", "scope")) == {"users:read"}


@pytest.mark.slow
async def test_a_scope_that_is_lost_while_pictures_are_drawn_is_named_beside_them(
    team: Team, log: LogCapture
) -> None:
    async with serving(team):
        await team.page.control(missing_scopes=["files:write"])
        await team.page.command("/imagine", "a toy")
        await team.wait_for("lacks the permission files:write.", "render.again")
        replies = [json.dumps(one["blocks"]) for one in await team.all() if one["thread_ts"]]
        assert len([one for one in replies if "files:write" in one and "render.again" in one]) == 1
    assert set(logged(log, "scope_missing", "scope")) == {"files:write"}


@pytest.mark.slow
async def test_a_scope_that_came_later_needs_no_new_start(team: Team) -> None:
    await team.page.control(missing_scopes=["files:write"])
    async with serving(team):
        await told_to_who_draws(team, "files:write")
        await team.page.control(missing_scopes=[])
        await imagine(team)


def test_of_all_that_would_do_the_manifests_own_scope_is_named() -> None:
    wide = ",".join(METHOD_SCOPES["conversations.open"])
    assert needed_of_ours(wide, "chat:write") == ("im:write",)
    assert needed_of_ours(",".join(HISTORY), "channels:history,im:history") == (
        "groups:history",
        "mpim:history",
    )
    assert needed_of_ours("reactions:read", "chat:write") == ("reactions:read",)


def test_what_is_not_granted_is_told_and_what_is_more_is_not() -> None:
    assert not_granted([*bot_scopes(), "reactions:read"]) == ()
    assert not_granted([one for one in bot_scopes() if one != "files:read"]) == ("files:read",)


def test_the_workspace_knows_the_scopes_of_all_its_methods() -> None:
    assert set(METHOD_SCOPES) == set(METHODS)
