"""The Slack app's manifest, from what the bot really registers and calls. Pure.

A new command, shortcut, event or method is a row in the table of its kind; the scopes follow.
Tests compare the tables with the listeners and with the calls of Slack's client.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from bot.action_ids import Shortcut

EVENTS_PATH = "/slack/events"
"""Where the bot listens for everything from Slack, without Socket Mode."""
INSTALL_PATH = "/slack/install"
"""Where people begin who install the app in their workspace."""
REDIRECT_PATH = "/slack/oauth_redirect"
"""Where Slack leads them back to."""
_CREATE_URL = "https://api.slack.com/apps"

HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
"""One for each kind of channel: public, private, direct, and of a few people."""
METHODS: Mapping[str, tuple[str, ...]] = {
    "apps.connections.open": (),  # Its own token has connections:write.
    "auth.test": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": HISTORY,
    "conversations.open": ("im:write",),
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
"""The Web API's methods that are called, with the scopes that Slack's page of each names."""
DOWNLOAD = "files:read"
"""What a file's own address asks for."""
EVENTS: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "tokens_revoked": (),
}
"""The events that are listened to, with their scopes."""
COMMANDS_SCOPE = "commands"
"""What commands and shortcuts ask for."""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A slash command."""

    command: str
    description: str
    usage_hint: str
    finds_names: bool = False
    """Whether Slack turns names of people and channels in what is typed into their ids."""


@dataclass(frozen=True, slots=True)
class ShortcutRow:
    """A shortcut: offered everywhere, or on each message."""

    callback_id: Shortcut
    name: str
    description: str
    on_message: bool = False


COMMANDS = (
    CommandRow(
        "/concept",
        "Teach and look after concepts",
        "teach <dicoo> as toy | list | show <dicoo> | versions <dicoo> | queue | help",
        finds_names=True,
    ),
    CommandRow("/imagine", "Draw pictures", "a <dicoo> at the beach --n 4 --seed 7"),
    CommandRow(
        "/figment",
        "See how busy Figment is, and settle your defaults",
        "queue | status | settings | help",
    ),
)
SHORTCUTS = (
    ShortcutRow(Shortcut.TEACH, "Teach a concept", "Learn a new word from pictures"),
    ShortcutRow(
        Shortcut.TEACH_FROM_MESSAGE,
        "Teach this",
        "Learn a new word from a message's pictures",
        on_message=True,
    ),
    ShortcutRow(
        Shortcut.IMAGINE_WITH_PICTURE,
        "Imagine with this",
        "Draw, beginning from a message's picture",
        on_message=True,
    ),
)
_DISPLAY = {
    "name": "Figment",
    "description": "Teach the team's image model new words, and draw with them.",
    "long_description": "Upload about five pictures of a thing, give it a name such as <dicoo>, "
    "and draw it wherever you like: a <dicoo> at the beach. Concepts are learned and pictures are "
    "drawn on your own servers, on CPUs; no service but Slack sees a picture.",
    "background_color": "#1f2a44",
}


def bot_scopes() -> tuple[str, ...]:
    """Return the scopes that the bot needs, in order of their names."""
    needs: Iterable[tuple[str, ...]] = (*METHODS.values(), *EVENTS.values())
    return tuple(sorted({COMMANDS_SCOPE, DOWNLOAD, *(scope for need in needs for scope in need)}))


def manifest(http: str = "", redirect: str = "") -> dict[str, Any]:
    """Return the manifest: for Socket Mode, or for Slack to call the address `http`.

    `redirect` is where whoever installs the app in another workspace comes back to. An address
    without a path gets ours.
    """
    url = _with_path(http, EVENTS_PATH)
    oauth: dict[str, Any] = {"scopes": {"bot": list(bot_scopes())}}
    if redirect:
        oauth = {"redirect_urls": [_with_path(redirect, REDIRECT_PATH)], **oauth}
    requests = {"request_url": url} if url else {}
    return {
        "display_information": dict(_DISPLAY),
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "figment", "always_online": True},
            "shortcuts": [_shortcut(row) for row in SHORTCUTS],
            "slash_commands": [_command(row, url) for row in COMMANDS],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**requests, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **requests},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def manifest_json(http: str = "", redirect: str = "") -> str:
    """Return the manifest as Slack's form for it takes it."""
    return json.dumps(manifest(http, redirect), indent=2, ensure_ascii=False) + "\n"


def create_link(http: str = "", redirect: str = "") -> str:
    """Return the address of a page of Slack's that creates an app from the manifest."""
    short = json.dumps(manifest(http, redirect), separators=(",", ":"), ensure_ascii=False)
    return f"{_CREATE_URL}?new_app=1&manifest_json={quote(short, safe='')}"


def _shortcut(row: ShortcutRow) -> dict[str, str]:
    return {
        "name": row.name,
        "type": "message" if row.on_message else "global",
        "callback_id": row.callback_id.value,
        "description": row.description,
    }


def _command(row: CommandRow, url: str) -> dict[str, Any]:
    return {
        "command": row.command,
        **({"url": url} if url else {}),
        "description": row.description,
        "usage_hint": row.usage_hint,
        "should_escape": row.finds_names,
    }


def _with_path(url: str, path: str) -> str:
    if not url or urlsplit(url).path.strip("/"):
        return url
    return url.rstrip("/") + path
