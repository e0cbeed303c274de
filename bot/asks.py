"""Slack's payloads become asks: the edge where text is unescaped, once. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from backend.people import Person, Place
from bot.wishes import Wish

Payload = Mapping[str, Any]
"""A payload as Slack sends it: JSON, read here and nowhere else."""

_CONTROL = re.compile(r"<([@#!][^<>|]*|[a-zA-Z][a-zA-Z0-9+.-]*:[^<>|]*)(?:\|([^<>]*))?>")
"""What Slack itself puts into angle brackets: people, channels, links."""
_WIDE_NAME = re.compile("[\uff1c\u300a\u3008]([A-Za-z0-9_-]{1,32})[\uff1e\u300b\u3009]")


class Origin(StrEnum):
    """How somebody asked, which decides how they are answered."""

    COMMAND = "command"
    """A slash command: answered for the person's eyes only."""
    MENTION = "mention"
    """A message that mentions the bot, or a direct one: answered in its thread."""
    FORM = "form"
    """A modal: answered for the person's eyes only."""
    BUTTON = "button"
    """A button of a message: answered for the person's eyes only."""


class FileInfo(BaseModel):
    """A file as Slack describes it; a stub of a foreign file has only an id."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    name: str | None = None
    mimetype: str | None = None
    size: int = 0
    user: str | None = None
    url_private: str | None = None
    url_private_download: str | None = None
    thumb_1024: str | None = None
    """A copy of at most 1024 pixels that every program can read."""
    file_access: str | None = None
    mode: str | None = None

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.id


def source_of(file: FileInfo) -> str:
    """Return what backend is told about where a picture came from."""
    return f"slack:{file.id}"


class Ask(BaseModel):
    """Something a person asked for: kept in the inbox until it is dealt with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: str
    origin: Origin
    workspace: str
    user: str
    channel: str
    """Empty when it was asked outside of any channel."""
    at: datetime
    command: str = ""
    """Which slash command."""
    text: str = ""
    """What was said, in plain text; to be parsed where `wish` is None."""
    wish: Wish | None = None
    thread: str | None = None
    """The thread that an answer belongs to."""
    message: str | None = None
    """The message that was sent, or that the form was opened on."""
    files: tuple[FileInfo, ...] = ()
    response_url: str | None = None
    """Where a command or a press may be answered for a while, whatever the bot may do."""
    is_overheard: bool = False
    """Whether it was said to nobody in particular: what is refused of it is not for all to read."""
    mentioned: tuple[str, ...] = ()
    """Channels (`#C...`) and people (`@U...`) that are named in the text, in order."""

    @property
    def person(self) -> Person:
        """Who asked."""
        return Person(self.workspace, self.user)

    @property
    def place(self) -> Place:
        """Where the answer goes."""
        return Place(self.workspace, self.channel, self.thread)


def unescape(text: str) -> str:
    """Undo what Slack does to `&`, `<` and `>` of what people write."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def with_half_width_names(text: str) -> str:
    """Return a text in which names stand in the brackets that are read, as in `<dicoo>`.

    Where Chinese or Japanese is typed, brackets come out wide.
    """
    return _WIDE_NAME.sub(r"<\1>", text)


def plain(text: str) -> str:
    """Return a message's text as its writer saw it: links and names by their labels, unescaped."""
    said = unescape(_CONTROL.sub(lambda found: found[2] or found[1].lstrip("!"), text))
    return with_half_width_names(said)


def mentioned_in(text: str) -> tuple[str, ...]:
    """Return the channels (`#C...`) and people (`@U...`) that a raw text names."""
    return tuple(found[1] for found in _CONTROL.finditer(text) if found[1][0] in "#@")


def without_mention(text: str, bot_user: str) -> str:
    """Take the (first) mention of the bot out of a raw text."""
    return re.sub(rf"\s*<@{re.escape(bot_user)}(?:\|[^>]*)?>[:,]?\s*", " ", text, count=1).strip()


def is_direct(channel: str) -> bool:
    """Tell whether a channel is that between the bot and one person."""
    return channel.startswith("D")


def from_command(body: Payload, now: datetime) -> Ask:
    """Read a slash command."""
    return Ask(
        event_id=f"command:{body['trigger_id']}",
        origin=Origin.COMMAND,
        workspace=workspace_of(body),
        user=body["user_id"],
        channel=body["channel_id"],
        at=now,
        command=body["command"].lstrip("/"),
        text=plain(body.get("text") or ""),
        response_url=body.get("response_url"),
        mentioned=mentioned_in(body.get("text") or ""),
    )


def from_message(body: Payload, bot_user: str) -> Ask | None:
    """Read a message to the bot: a mention, or one in the direct channel. None: not for us."""
    event = body["event"]
    direct = event.get("channel_type") == "im" or is_direct(event["channel"])
    if event["type"] == "message" and not direct:
        return None
    if event["type"] == "app_mention" and direct:
        return None  # Comes as a message, too.
    if event.get("bot_id") or not event.get("user") or event["user"] == bot_user:
        return None
    if event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return None
    if direct and event.get("files") and not (event.get("text") or "").strip():
        # Pictures that come before their name: what they are for is said next.
        return None
    thread = event.get("thread_ts") or (None if direct else event["ts"])
    said = without_mention(event.get("text") or "", bot_user)
    return Ask(
        event_id=f"event:{body['event_id']}",
        origin=Origin.MENTION,
        workspace=workspace_of(body),
        user=event["user"],
        channel=event["channel"],
        at=datetime.fromtimestamp(float(event["ts"]), UTC),
        text=plain(said),
        mentioned=mentioned_in(said),
        thread=thread,
        message=event["ts"],
        files=tuple(FileInfo.model_validate(file) for file in event.get("files") or ()),
    )


def from_button(body: Payload, wish: Wish, now: datetime) -> Ask:
    """Read a press of a button of a message."""
    container = body.get("container") or {}
    message = body.get("message") or {}
    ts = message.get("ts") or container.get("message_ts")
    thread = message.get("thread_ts") or container.get("thread_ts")
    return Ask(
        event_id=f"button:{body['trigger_id']}",
        origin=Origin.BUTTON,
        workspace=workspace_of(body),
        user=body["user"]["id"],
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id") or "",
        at=now,
        wish=wish,
        # The first message of a thread belongs to the channel.
        thread=None if thread == ts else thread,
        message=ts,
        response_url=body.get("response_url"),
    )


def workspace_of(body: Payload) -> str:
    """Return the workspace that something came from, as Bolt does to find its token.

    In a channel that is shared with another company it is the one where the app is installed.
    """
    view = body.get("view") or {}
    authorized: Payload = next(iter(body.get("authorizations") or ()), {})
    event, user = body.get("event") or {}, body.get("user") or {}
    return str(
        view.get("app_installed_team_id")
        or (body.get("team") or {}).get("id")
        or authorized.get("team_id")
        or body.get("team_id")
        or event.get("team")
        or user.get("team_id")
        or ""
    )


def person_of(body: Payload) -> Person:
    """Return whose interaction it is."""
    return Person(workspace_of(body), body["user"]["id"])
