"""Plain messages with a learned token in them, where the bot was told to listen for them."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Protocol

import aiohttp
import structlog

from backend.errors import BackendError, ErrorCode
from backend.people import Asker
from backend.views import ConceptView
from bot.asks import Ask, FileInfo, Origin, Payload, plain, workspace_of
from bot.calls import LOOK_SECONDS, SLACK_FAULTS
from bot.errors import BotError, BotErrorCode, SlackBusyError
from bot.parse_imagine import parse_imagine
from cluster.placeholder import find_placeholders

_log = structlog.get_logger(__name__)

_OF_STANDINGS = (ErrorCode.GUEST, ErrorCode.NOT_ALLOWED, BotErrorCode.MISSING_SCOPE)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


class Listening(Protocol):
    """What of the service says where to listen, and for what."""

    async def listens_in(self, workspace: str, channel: str) -> bool:
        """Tell whether plain messages of a channel count."""

    async def concepts(self, workspace: str, asker: Asker | None = None) -> tuple[ConceptView, ...]:
        """Return what was taught and is there for somebody, or for everyone."""


class Keeper(Protocol):
    """Who keeps asks."""

    async def receive(self, ask: Ask) -> bool:
        """Store an ask; False if it was stored before."""


class People(Protocol):
    """Who knows people."""

    async def asker(self, ask: Ask) -> Asker:
        """Return who asks, with their standing."""


class Overhearing:
    """Finds the prompts among plain messages."""

    def __init__(self, service: Listening, inbox: Keeper, people: People, bot_user: str) -> None:
        self._service = service
        self._inbox = inbox
        self._people = people
        self._bot_user = bot_user

    async def receive(self, body: Payload) -> Ask | None:
        """Store what is to be drawn of a message event; None if it is not for us, or a repeat."""
        ask = from_plain(body, self._bot_user)
        if ask is None or not await self._service.listens_in(ask.workspace, ask.channel):
            return None
        if not await self._is_known(ask):
            return None
        return ask if await self._inbox.receive(ask) else None

    async def _is_known(self, ask: Ask) -> bool:
        """Tell whether a word of the message is one that its author can draw with."""
        said = set(find_placeholders(ask.text))
        asker: Asker | None = None
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                asker = await self._people.asker(ask)
        except (SlackBusyError, aiohttp.ClientError, TimeoutError, OSError) as error:
            # Who it is shows when it is dealt with. Until then there is what everybody has.
            _log.info("author_not_known_yet", user=ask.user, error=repr(error))
        except SLACK_FAULTS as error:
            return _not_overheard(ask, error)
        try:
            there = await self._service.concepts(ask.workspace, asker)
        except BackendError as error:
            return _not_overheard(ask, error)
        return any(concept.token in said for concept in there)


def stays_unsaid(ask: Ask, error: Exception) -> bool:
    """Tell whether an error is not told: who did not speak to the bot is not turned away by it."""
    return ask.is_overheard and getattr(error, "code", None) in _OF_STANDINGS


def _not_overheard(ask: Ask, error: Exception) -> bool:
    _log.info("not_overheard", user=ask.user, error=repr(error))
    return False


def from_plain(body: Payload, bot_user: str) -> Ask | None:
    """Read a message that nobody sent to the bot; None if it cannot be a prompt.

    One that mentions the bot comes as a mention, too. What stands in code is only quoted. A
    message with flags that are none was not meant for us.
    """
    event = body["event"]
    if event.get("subtype") not in (None, "file_share") or event.get("hidden"):
        return None
    if event.get("bot_id") or event.get("user") in (None, bot_user) or event.get("app_id"):
        return None
    if event.get("channel_type") not in ("channel", "group"):
        return None
    raw = str(event.get("text") or "")
    if re.search(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", raw):
        return None
    said = plain(_CODE.sub(" ", raw)).strip()
    if not find_placeholders(said):
        return None
    try:
        wish = parse_imagine(said)
    except BotError:
        return None
    return Ask(
        event_id=f"event:{body['event_id']}",
        origin=Origin.MENTION,
        workspace=workspace_of(body),
        user=event["user"],
        channel=event["channel"],
        at=datetime.fromtimestamp(float(event["ts"]), UTC),
        text=said,
        wish=wish,
        thread=event.get("thread_ts") or event["ts"],
        message=event["ts"],
        files=tuple(FileInfo.model_validate(file) for file in event.get("files") or ()),
        is_overheard=True,
    )
