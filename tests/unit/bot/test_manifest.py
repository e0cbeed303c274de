"""The Slack app's manifest declares what the bot listens to and calls."""

import json
from pathlib import Path

from bot.action_ids import Shortcut
from demo.workspace.manifest import COMMANDS

MANIFEST = json.loads(
    (Path(__file__).parents[3] / "docs" / "reference" / "slack-manifest.json").read_text()
)


def test_commands_and_shortcuts_are_those_of_the_bot() -> None:
    commands = {one["command"] for one in MANIFEST["features"]["slash_commands"]}
    assert commands == {command.name for command in COMMANDS} == {"/concept", "/imagine"}
    shortcuts = {one["callback_id"] for one in MANIFEST["features"]["shortcuts"]}
    assert shortcuts == {shortcut.value for shortcut in Shortcut}


def test_what_is_read_is_allowed() -> None:
    scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert {"files:read", "files:write", "chat:write", "commands", "im:write"} <= scopes
    assert {"channels:history", "groups:history", "im:history", "mpim:history"} <= scopes
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(events) == [
        "app_home_opened",
        "app_mention",
        "message.channels",
        "message.groups",
        "message.im",
    ]


def test_texts_are_within_slacks_limits() -> None:
    info = MANIFEST["display_information"]
    assert len(info["name"]) <= 35
    assert len(info["description"]) <= 140
    assert 174 <= len(info["long_description"]) <= 4000
    for shortcut in MANIFEST["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24, shortcut["name"]
        assert len(shortcut["description"]) <= 150
