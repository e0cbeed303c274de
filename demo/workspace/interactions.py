"""The payloads of slash commands, clicks, shortcuts and modals, as the app receives them. Pure."""

from dataclasses import dataclass

from demo.workspace.json_types import Json
from demo.workspace.manifest import (
    APP_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    VERIFICATION_TOKEN,
    Channel,
    Person,
)
from demo.workspace.messages import Message, View
from demo.workspace.rendering import channel_label, view_json


@dataclass(frozen=True)
class Handles:
    """What lets the app answer an interaction: its trigger id, and where it may respond."""

    trigger_id: str
    response_url: str = ""


def slash_command(
    person: Person, channel: Channel, command: str, text: str, handles: Handles
) -> Json:
    """Return the payload of a slash command; `text` is already written Slack's way."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": handles.response_url,
        "trigger_id": handles.trigger_id,
    }


def message_click(
    person: Person, channel: Channel, message: Message, shown: Json, action: Json, handles: Handles
) -> Json:
    """Return the payload of a click in a message; `shown` is the message as JSON."""
    ephemeral = message.ephemeral_to is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _interaction("block_actions", person, handles) | {
        "container": container,
        "channel": channel_label(channel),
        "state": {"values": {}},
        "response_url": handles.response_url,
        "actions": [action],
    }
    return payload if ephemeral else payload | {"message": shown}


def view_click(person: Person, view: View, action: Json, handles: Handles) -> Json:
    """Return the payload of a click in a modal or on the Home tab."""
    return _interaction("block_actions", person, handles) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(view),
        "actions": [action],
    }


def view_submission(person: Person, view: View, handles: Handles) -> Json:
    """Return the payload of a submitted modal."""
    return _interaction("view_submission", person, handles) | {
        "view": view_json(view),
        "response_urls": [],
    }


def view_closed(person: Person, view: View, *, cleared: bool) -> Json:
    """Return the payload of a modal that was closed without being submitted."""
    payload = _interaction("view_closed", person, Handles("")) | {
        "view": view_json(view),
        "is_cleared": cleared,
    }
    del payload["trigger_id"]
    return payload


def global_shortcut(person: Person, callback_id: str, action_ts: str, handles: Handles) -> Json:
    """Return the payload of a global shortcut."""
    return _interaction("shortcut", person, handles) | {
        "callback_id": callback_id,
        "action_ts": action_ts,
    }


def message_shortcut(
    person: Person, callback_id: str, channel: Channel, shown: Json, ts: str, handles: Handles
) -> Json:
    """Return the payload of a shortcut on a message; `shown` is the message as JSON."""
    return _interaction("message_action", person, handles) | {
        "callback_id": callback_id,
        "action_ts": ts,
        "message_ts": shown["ts"],
        "channel": channel_label(channel),
        "message": shown,
        "response_url": handles.response_url,
    }


def _interaction(kind: str, person: Person, handles: Handles) -> Json:
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": TEAM_ID,
        },
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": handles.trigger_id,
    }
