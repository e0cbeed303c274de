"""The Slack app's manifest declares what the bot listens to and calls, and nothing else."""

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from typer.testing import CliRunner

from bot.action_ids import Shortcut
from bot.cli.main import app as figment
from bot.inbox import Inbox
from bot.listeners import (
    actions,
    commands,
    home,
    installations,
    jobs,
    mentions,
    pictures,
    settings,
    shortcuts,
    teach_form,
)
from bot.manifest import (
    COMMANDS,
    DOWNLOAD,
    EVENTS,
    METHODS,
    SHORTCUTS,
    bot_scopes,
    create_link,
    manifest,
)
from demo.workspace import manifest as workspace
from demo.workspace.scopes import METHOD_SCOPES

BOT = Path(__file__).parents[3] / "bot"
UPLOAD = {"files.getUploadURLExternal", "files.completeUploadExternal"}
"""What slack_sdk's files_upload_v2 calls."""


class Registered:
    """Stands for Bolt's app: remembers what listeners register for, calls nothing."""

    def __init__(self) -> None:
        self.names: dict[str, set[str]] = {"command": set(), "event": set(), "shortcut": set()}
        app, nothing = cast("AsyncApp", self), cast("Any", None)
        commands.register(app, cast("Inbox", None), nothing)
        jobs.register(app, nothing, nothing)
        teach_form.register(app)
        settings.register(app, nothing, nothing, nothing)
        pictures.register(app, nothing, nothing, nothing)
        actions.register(app, nothing, nothing, nothing)
        shortcuts.register(app)
        home.register(app)
        installations.register(app, nothing)
        mentions.register(app, nothing)

    def __getattr__(self, kind: str) -> Callable[..., Callable[[Any], None]]:
        """Take a name; patterns catch what is left over and need no row."""

        def register(name: object, **_: object) -> Callable[[Any], None]:
            if isinstance(name, str):
                self.names.setdefault(kind, set()).add(name)
            return lambda _: None

        return register


def called_methods() -> Iterator[str]:
    """The methods of Slack's client that the bot's code calls, anywhere."""
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Attribute)
                and ast.unparse(node.value).endswith("client")
                and hasattr(AsyncWebClient, node.attr)
            ):
                yield node.attr


def test_the_methods_that_are_called_are_in_the_table() -> None:
    names = {method.replace(".", "_"): method for method in METHODS}
    called = set()
    for attribute in called_methods():
        called |= UPLOAD if attribute == "files_upload_v2" else {names.get(attribute, attribute)}
    assert called == set(METHODS)


def test_the_workspace_asks_for_the_scopes_that_the_table_names() -> None:
    for method, scopes in METHODS.items():
        assert set(scopes) <= set(METHOD_SCOPES[method]), method
        assert bool(scopes) == bool(METHOD_SCOPES[method]), method


def test_what_is_listened_to_is_in_the_tables() -> None:
    names = Registered().names
    assert names["command"] == {row.command for row in COMMANDS}
    assert names["shortcut"] == {row.callback_id.value for row in SHORTCUTS}
    # Bolt tells messages apart by their channel's kind only in the manifest.
    assert names["event"] == {event.partition(".")[0] for event in EVENTS}


def test_the_workspace_has_the_same_commands_and_shortcuts() -> None:
    assert {one.name for one in workspace.COMMANDS} == {row.command for row in COMMANDS}
    offered = {(one.callback_id, one.on_message) for one in workspace.SHORTCUTS}
    assert offered == {(row.callback_id.value, row.on_message) for row in SHORTCUTS}
    assert {row.callback_id for row in SHORTCUTS} == set(Shortcut)


def test_scopes_are_those_of_the_tables_and_no_more() -> None:
    needs = {scope for scopes in (*METHODS.values(), *EVENTS.values()) for scope in scopes}
    assert set(bot_scopes()) == needs | {"commands", DOWNLOAD}
    assert manifest()["oauth_config"]["scopes"]["bot"] == sorted(set(bot_scopes()))


def test_texts_are_within_slacks_limits() -> None:
    info = manifest()["display_information"]
    assert len(info["name"]) <= 35
    assert len(info["description"]) <= 140
    assert 174 <= len(info["long_description"]) <= 4000
    for shortcut in manifest()["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24, shortcut["name"]
        assert len(shortcut["description"]) <= 150
    for command in manifest()["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000


def test_for_http_everything_has_its_address_and_the_socket_is_off() -> None:
    made = manifest(http="https://figment.example.com")
    url = "https://figment.example.com/slack/events"
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["request_url"] == url
    assert {one["url"] for one in made["features"]["slash_commands"]} == {url}
    assert "request_url" not in json.dumps(manifest())
    own = "https://figment.example.com/behind/a/proxy"
    assert manifest(http=own)["settings"]["interactivity"]["request_url"] == own


def test_people_who_install_it_come_back_to_an_address() -> None:
    made = manifest(redirect="https://figment.example.com/")
    addresses = made["oauth_config"]["redirect_urls"]
    assert addresses == ["https://figment.example.com/slack/oauth_redirect"]


def test_the_link_carries_the_whole_manifest() -> None:
    address = urlsplit(create_link(http="https://figment.example.com"))
    assert (address.hostname, address.path) == ("api.slack.com", "/apps")
    asked = parse_qs(address.query)
    assert asked["new_app"] == ["1"]
    assert json.loads(asked["manifest_json"][0]) == manifest(http="https://figment.example.com")


@pytest.mark.parametrize("url", ["http://figment.example.com", "figment.example.com", "https://"])
def test_an_address_that_slack_would_not_call_is_refused(url: str) -> None:
    ran = CliRunner().invoke(figment, ["manifest", "--http", url])
    assert ran.exit_code == 2
    assert "https://" in ran.output


def test_the_command_prints_json_and_nothing_else() -> None:
    ran = CliRunner().invoke(figment, ["manifest"])
    assert json.loads(ran.stdout) == manifest()
    link = CliRunner().invoke(figment, ["manifest", "--link"])
    assert link.stdout == create_link() + "\n"
