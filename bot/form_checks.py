"""What can be told of a form before it closes: closed, it and all that was typed are gone."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field

import structlog

from backend.errors import BackendError, ErrorCode
from backend.people import Asker, Place
from backend.service import Service
from bot.action_ids import Field
from bot.asks import Ask, Payload
from bot.calls import LOOK_SECONDS, SLACK_FAULTS, Calls
from bot.drawing import request_for
from bot.errors import BotError, BotErrorCode, SlackBusyError
from bot.membership import check_card_channel
from bot.standings import Standings
from bot.wishes import Imagine, Teach
from cluster.placeholder import find_placeholders

_log = structlog.get_logger(__name__)

_OF_PEOPLE = (
    ErrorCode.GUEST,
    ErrorCode.NOT_ALLOWED,
    ErrorCode.DRAINING,
    ErrorCode.QUOTA_REACHED,
)
_OF_NAMES = (ErrorCode.BAD_PLACEHOLDER, ErrorCode.TOKEN_TAKEN)
_OF_PROMPTS = (
    ErrorCode.EMPTY_PROMPT,
    ErrorCode.BLOCKED_PROMPT,
    ErrorCode.PROMPT_TOO_LONG,
    ErrorCode.UNKNOWN_TOKEN,
    ErrorCode.BAD_NUMBER,
)
_NUMBERS: Mapping[object, Field] = {
    "pictures": Field.COUNT,
    "seed": Field.SEED,
    "steps": Field.STEPS,
    "guidance": Field.GUIDANCE,
    "strength": Field.STRENGTH,
    "width": Field.RATIO,
    "height": Field.RATIO,
}

Refusal = BackendError | BotError


@dataclass
class _Found:
    """What is wrong so far, by field; `fields` are those that are in the form."""

    fields: frozenset[str]
    wrong: dict[str, Refusal] = field(default_factory=dict)

    def add(self, error: Refusal | None, *fields: Field) -> None:
        """Note an error at the first of these fields that is there; at none, it is told later."""
        there = next((one for one in fields if one in self.fields), None)
        if error is not None and there is not None:
            self.wrong[there.value] = error


class FormChecks:
    """Looks into what is quick to know. What takes too long, or fails, is found out later."""

    def __init__(self, service: Service, calls: Calls, standings: Standings) -> None:
        self._service = service
        self._calls = calls
        self._standings = standings

    async def wrong(self, ask: Ask, view: Payload) -> Mapping[str, Refusal]:
        """Return what is wrong with a submitted form, by field."""
        blocks = view.get("blocks") or ()
        found = _Found(
            frozenset(str(one.get("block_id")) for one in blocks if one.get("type") == "input")
        )
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                if isinstance(ask.wish, Teach):
                    await self._teach(ask, ask.wish, found)
                elif isinstance(ask.wish, Imagine):
                    await self._imagine(ask, ask.wish, found)
        # Whatever it is, who asks hears of it when the ask is dealt with.
        except (BackendError, SlackBusyError, *SLACK_FAULTS) as error:
            # Slack waits for the answer, and to write out where it came from takes its time.
            _log.info("form_not_checked", ask=ask.event_id, error=repr(error))
        except Exception:
            _log.info("form_not_checked", ask=ask.event_id, exc_info=True)
        return found.wrong

    async def _teach(self, ask: Ask, wish: Teach, found: _Found) -> None:
        word = self._service.check_initializer(wish.word)
        found.add(await _refusal(word, ErrorCode.BAD_INITIALIZER), Field.WORD)
        name = self._service.check_name(ask.person, wish.name, ask.event_id)
        found.add(await _refusal(name, *_OF_NAMES), Field.NAME)
        channel = check_card_channel(self._calls, ask)
        found.add(await _refusal(channel, BotErrorCode.NOT_IN_CHANNEL), Field.CHANNEL)
        may = self._service.check_may_teach(await self._asker(ask))
        found.add(await _refusal(may, *_OF_PEOPLE), Field.NAME)

    async def _imagine(self, ask: Ask, wish: Imagine, found: _Found) -> None:
        asker = await self._asker(ask)
        # The picture to begin from is fetched later: it decides about no more than the shape.
        request = request_for(ask, wish, Place(ask.workspace, ask.channel), asker.standing, None)
        error = await _refusal(self._service.check_drawable(request), *_OF_PROMPTS)
        if error is not None:
            found.add(error, *_fields_of(error, wish))
        may = self._service.check_may_draw(asker, wish.count)
        found.add(await _refusal(may, *_OF_PEOPLE), Field.PROMPT)

    async def _asker(self, ask: Ask) -> Asker:
        standing = await self._standings.of(ask.person, ask.channel)
        return Asker(ask.person, standing, ask.channel)


def _fields_of(error: Refusal, wish: Imagine) -> tuple[Field, ...]:
    """Return where an error belongs; what is folded away stands at the prompt instead."""
    at = _NUMBERS.get(error.facts.get("what"))
    if at is None and wish.sampler is not None and error.facts.get("what") == wish.sampler:
        at = Field.STEPS
    token = error.facts.get("token")
    if token is not None and token not in find_placeholders(wish.prompt):
        at = Field.NEGATIVE
    return (Field.PROMPT,) if at is None else (at, Field.PROMPT)


async def _refusal(check: Awaitable[None], *codes: ErrorCode | BotErrorCode) -> Refusal | None:
    """Return what a check refuses, if it is one of these: the rest is no matter of a field."""
    try:
        await check
    except (BackendError, BotError) as error:
        return error if error.code in codes else None
    return None
