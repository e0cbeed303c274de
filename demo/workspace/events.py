"""The events of the Events API, as the app receives them. Pure."""

import time

from demo.workspace.json_types import Json
from demo.workspace.manifest import (
    APP_ID,
    BOT_USER_ID,
    TEAM_ID,
    VERIFICATION_TOKEN,
)
from demo.workspace.messages import Message, View
from demo.workspace.rendering import file_stub, message_json, view_json
from demo.workspace.scopes import ChannelKind
from demo.workspace.state import Team, new_id


def event_callback(event: Json) -> Json:
    """Wrap an event; the fresh `event_id` is the key by which a receiver knows a repeat."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER_ID,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": new_id("4-"),
    }


def posted(
    team: Team, message: Message, origin: str, kind: ChannelKind, *, stub_files: bool
) -> Json:
    """Return the `message` event of a new message; with files its subtype is `file_share`."""
    event = _told(team, message, origin, stub_files=stub_files)
    event["channel_type"] = kind.channel_type
    if message.file_ids:
        event["subtype"] = "file_share"
    return event


def mentioned(team: Team, message: Message, origin: str, *, stub_files: bool) -> Json:
    """Return the `app_mention` event of a new message."""
    return _told(team, message, origin, stub_files=stub_files) | {"type": "app_mention"}


def changed(
    team: Team, before: Message, after: Message, origin: str, kind: ChannelKind, ts: str
) -> Json:
    """Return the event of an edited message."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message_json(team, after, origin),
        "previous_message": message_json(team, before, origin),
        "channel": after.channel,
        "channel_type": kind.channel_type,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }


def deleted(team: Team, before: Message, origin: str, kind: ChannelKind, ts: str) -> Json:
    """Return the event of a deleted message."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "deleted_ts": before.ts,
        "previous_message": message_json(team, before, origin),
        "channel": before.channel,
        "channel_type": kind.channel_type,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }


def home_opened(person: str, channel: str, home: View | None, ts: str) -> Json:
    """Return the event of a person who opened the app's Home tab."""
    event: Json = {
        "type": "app_home_opened",
        "user": person,
        "channel": channel,
        "tab": "home",
        "event_ts": ts,
    }
    return event | {"view": view_json(home)} if home else event


def tokens_revoked(ts: str) -> Json:
    """Return the event of the app's token that is worth nothing any more."""
    tokens = {"oauth": [], "bot": [BOT_USER_ID]}
    return {"type": "tokens_revoked", "tokens": tokens, "event_ts": ts}


def app_uninstalled(ts: str) -> Json:
    """Return the event of the app being removed."""
    return {"type": "app_uninstalled", "event_ts": ts}


def _told(team: Team, message: Message, origin: str, *, stub_files: bool) -> Json:
    event = message_json(team, message, origin)
    event |= {"channel": message.channel, "event_ts": message.ts}
    if message.author != BOT_USER_ID:
        event["client_msg_id"] = new_id("")
    if message.file_ids and stub_files:
        event["files"] = [file_stub(one) for one in team.files_of(message.file_ids)]
    return event
