"""Tells people what came of what they asked, where they expect it."""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.webhook.async_client import AsyncWebhookClient

from backend.people import Place
from bot.asks import Ask, Origin, is_direct
from bot.blocks.kit import Mrkdwn, message_text, section
from bot.blocks.quiet import quiet, quiet_text
from bot.calls import Calls
from bot.errors import BotError, BotErrorCode
from bot.languages import Languages
from bot.words import Words

_log = structlog.get_logger(__name__)

_OK = 200
_REMEMBERED = 500


class Notes(Protocol):
    """What of the service owes sentences to places."""

    async def note(self, place: Place, text: str, key: str) -> None:
        """Owe a sentence, once for each key."""


class Answers:
    """Answers a mention in its thread, everything else for one person's eyes only."""

    def __init__(self, calls: Calls, notes: Notes, languages: Languages) -> None:
        self._calls = calls
        self._notes = notes
        self._languages = languages
        self._perhaps_told: deque[str] = deque(maxlen=_REMEMBERED)

    def look_first(self, ask: Ask) -> None:
        """Take note that an earlier attempt may have answered an ask."""
        self._perhaps_told.append(ask.event_id)

    async def words(self, ask: Ask) -> Words:
        """Return the sentences to answer an ask with."""
        return await self._languages.for_ask(ask)

    @property
    def channel_words(self) -> Words:
        """The sentences for what a whole channel sees."""
        return self._languages.channel

    async def own_words(self, ask: Ask) -> Words:
        """Return the sentences for what only who asks will see."""
        return await self._languages.of(ask.person)

    async def tell(self, ask: Ask, text: Mrkdwn, blocks: Sequence[Block] = ()) -> None:
        """Answer an ask."""
        text = message_text(text)
        if ask.origin is Origin.MENTION:
            # Everybody reads it there, and whoever is named is called.
            words = await self.words(ask)
            text = quiet_text(words, text, ask.user)
            blocks = quiet(words, blocks, ask.user)
            if not blocks:
                await self._notes.note(ask.place, text, ask.event_id)
            elif not await self._is_told(ask):
                await self._calls.post(ask.channel, text, blocks, ask.thread, ask.event_id)
        elif not ask.channel:
            await self._tell_directly(ask.user, text, blocks)
        elif ask.origin is not Origin.COMMAND or not await self._respond(ask, text, blocks):
            try:
                await self._whisper(ask, text, blocks)
            except (BotError, SlackApiError) as error:
                # The bot is not in the channel where somebody asked, or may not write.
                _log.info("not_whispered", channel=ask.channel, error=str(error))
                if ask.origin is Origin.COMMAND or not await self._respond(ask, text, blocks):
                    await self._tell_directly(ask.user, text, blocks)

    async def tell_alone(self, ask: Ask, text: Mrkdwn, blocks: Sequence[Block] = ()) -> None:
        """Answer for the person's eyes only, whatever way they asked."""
        if ask.origin is Origin.MENTION and not is_direct(ask.channel):
            await self._whisper(ask, text, blocks)
        else:
            await self.tell(ask, text, blocks)

    async def replace(self, ask: Ask, text: Mrkdwn) -> None:
        """Say something in the place of the message whose button was pressed.

        Where that cannot be had any more, it is said besides.
        """
        pressed = ask.origin is Origin.BUTTON and ask.response_url is not None
        if not (pressed and await self._replace(str(ask.response_url), text)):
            await self.tell(ask, text)

    async def _is_told(self, ask: Ask) -> bool:
        if ask.event_id not in self._perhaps_told:
            return False
        since = ask.at.timestamp() - 60
        return await self._calls.posted(ask.channel, ask.thread, ask.event_id, since) is not None

    async def _whisper(self, ask: Ask, text: Mrkdwn, blocks: Sequence[Block]) -> None:
        await self._calls.whisper(ask.channel, ask.user, text, blocks, _thread_with_replies(ask))

    async def _replace(self, url: str, text: Mrkdwn) -> bool:
        blocks = [section(text).to_dict()]
        try:
            answer = await AsyncWebhookClient(url).send_dict(
                {"text": message_text(text), "blocks": blocks, "replace_original": True}
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            _log.warning("not_replaced", error=repr(error))
            return False
        if answer.status_code != _OK:
            _log.info("not_replaced", status=answer.status_code)
        return answer.status_code == _OK

    async def _tell_directly(self, user: str, text: Mrkdwn, blocks: Sequence[Block]) -> None:
        try:
            channel = await self._calls.direct_channel(user)
        except BotError as error:
            if error.code is not BotErrorCode.MISSING_SCOPE:
                raise
            # A message to a person's id needs no scope but that for messages.
            channel = user
        await self._calls.post(channel, text, blocks)

    async def _respond(self, ask: Ask, text: Mrkdwn, blocks: Sequence[Block]) -> bool:
        """Answer a command or a press, whose address needs no scope, but works for a while only.

        It does even where the bot is no member. An answer to a press in a thread is shown in the
        channel, so that there it is the second choice.
        """
        if ask.response_url is None:
            return False
        try:
            answer = await AsyncWebhookClient(ask.response_url).send(
                text=text,
                blocks=list(blocks) or None,
                response_type="ephemeral",
                replace_original=False,
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            _log.warning("not_responded", error=repr(error))
            return False
        if answer.status_code != _OK:
            _log.warning("not_responded", status=answer.status_code)
        return answer.status_code == _OK


def _thread_with_replies(ask: Ask) -> str | None:
    """Return the thread in which a whisper is seen.

    Slack shows what is for one person's eyes only in no thread that has no reply yet, and does not
    say so. Somebody who asked in a reply is in one that has; else it is said in the channel.
    """
    is_reply = ask.thread != ask.message
    if ask.origin is Origin.FORM:
        is_reply = is_reply and ask.message is not None
    return ask.thread if is_reply else None
