"""In which language somebody, or a channel, is written to."""

from typing import Protocol

import structlog

from backend.people import Person
from bot.asks import Ask, Origin, is_direct
from bot.calls import SLACK_FAULTS
from bot.errors import SlackBusyError
from bot.words import Sentences, Words

_log = structlog.get_logger(__name__)


class Locales(Protocol):
    """What is known of people."""

    async def locale(self, person: Person) -> str:
        """Return the locale that somebody chose in Slack; empty for none."""


class Languages:
    """Knows the sentences for each reader: `channel` are those that everybody reads."""

    def __init__(self, sentences: Sentences, channel: Words, locales: Locales) -> None:
        self.channel = channel
        self._sentences = sentences
        self._locales = locales

    async def of(self, person: Person) -> Words:
        """Return the sentences for what one person alone sees."""
        try:
            locale = await self._locales.locale(person)
        except (SlackBusyError, *SLACK_FAULTS) as error:
            # A sentence in the other language is better than none.
            _log.info("locale_not_known", user=person.user, error=str(error))
            return self.channel
        return self._sentences.for_locale(locale, self.channel)

    async def for_ask(self, ask: Ask) -> Words:
        """Return the sentences to answer with: in a channel's thread, everybody reads along."""
        if ask.origin is Origin.MENTION and not is_direct(ask.channel):
            return self.channel
        return await self.of(ask.person)
