"""Tells people what came of what they asked, where they expect it."""

from collections.abc import Sequence
from typing import Protocol

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.webhook.async_client import AsyncWebhookClient

from backend.people import Place
from bot.asks import Ask, Origin
from bot.blocks.kit import Mrkdwn, message_text, section
from bot.calls import Calls
from bot.errors import BotError

_log = structlog.get_logger(__name__)

_OK = 200


class Notes(Protocol):
    """What of the service owes sentences to places."""

    async def note(self, place: Place, text: str, key: str) -> None:
        """Owe a sentence, once for each key."""


class Answers:
    """Answers a mention in its thread, everything else for one person's eyes only."""

    def __init__(self, calls: Calls, notes: Notes) -> None:
        self._calls = calls
        self._notes = notes

    async def tell(self, ask: Ask, text: Mrkdwn, blocks: Sequence[Block] = ()) -> None:
        """Answer an ask."""
        text = message_text(text)
        if ask.origin is Origin.MENTION:
            if not blocks:
                await self._notes.note(ask.place, text, ask.event_id)
            else:
                await self._calls.post(ask.channel, text, blocks, ask.thread, ask.event_id)
        elif not ask.channel:
            channel = await self._calls.direct_channel(ask.user)
            await self._calls.post(channel, text, blocks)
        elif ask.response_url is None or not await self._respond(ask.response_url, text, blocks):
            try:
                await self._calls.whisper(ask.channel, ask.user, text, blocks, ask.thread)
            except (BotError, SlackApiError) as error:
                # The bot is not in the channel where somebody asked.
                _log.info("not_whispered", channel=ask.channel, error=str(error))
                channel = await self._calls.direct_channel(ask.user)
                await self._calls.post(channel, text, blocks)

    async def replace(self, ask: Ask, text: Mrkdwn) -> None:
        """Say something in the place of the message whose button was pressed.

        Where that cannot be had any more, it is said besides.
        """
        if ask.original_url is not None and await self._replace(ask.original_url, text):
            return
        await self.tell(ask, text)

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

    async def _respond(self, url: str, text: Mrkdwn, blocks: Sequence[Block]) -> bool:
        """Answer a slash command. Works even where the bot is no member, but only for a while."""
        try:
            answer = await AsyncWebhookClient(url).send(
                text=text, blocks=list(blocks) or None, response_type="ephemeral"
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            _log.warning("not_responded", error=repr(error))
            return False
        if answer.status_code != _OK:
            _log.warning("not_responded", status=answer.status_code)
        return answer.status_code == _OK
