"""The sentences that people read, in each language: `bot/sentences/<language>/*.ftl`.

They are read once, in the composition root, and handed to whoever builds messages. What is filled
into a sentence stays as it is: no translation, and nothing that somebody wrote, can change what
stands around it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType

import structlog
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import FluentType, fluent_number

from bot.blocks.kit import Mrkdwn, escape
from cluster.told import AllTold, AnyOf, Fact, Told

_log = structlog.get_logger(__name__)

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""What a sentence may branch on; it cannot be mistaken for a place."""
_PLACE = re.compile("\ue000([0-9]+)\ue001")
NOTHING_MARKED: Mapping[str, Mrkdwn] = MappingProxyType({})


class Language(StrEnum):
    """Languages that there are sentences in."""

    EN = "en"
    """English."""
    ZH_HANS = "zh-Hans"
    """Simplified Chinese."""


_LOCALES: Mapping[Language, tuple[str, ...]] = {
    Language.EN: ("en",),
    Language.ZH_HANS: ("zh-cn", "zh-sg", "zh-my", "zh-hans"),
}
"""How the locales begin whose people read a language. Traditional characters are another one."""


class Words:
    """The sentences of one language."""

    def __init__(self, language: Language, bundle: FluentBundle) -> None:
        self.language = language
        self._bundle = bundle

    def __contains__(self, name: str) -> bool:
        """Tell whether there is such a sentence."""
        message, _, attribute = name.partition(".")
        if not self._bundle.has_message(message):
            return False
        return not attribute or attribute in self._bundle.get_message(message).attributes

    def text(self, name: str, /, **values: Fact) -> str:
        """Return a sentence as plain text."""
        pattern, held = self._checked(name, values)
        return _PLACE.sub(lambda found: held[int(found[1])], pattern)

    def mrkdwn(
        self, name: str, marked: Mapping[str, Mrkdwn] = NOTHING_MARKED, /, **values: Fact
    ) -> Mrkdwn:
        """Return a sentence as Slack reads it. Its own marks count, those of `values` do not.

        `marked` are escaped already, with marks of ours: somebody's mention, what is to be typed.
        """
        pattern, held = self._checked(name, {**marked, **values})
        names = (*marked, *values)
        safe = [one if names[n] in marked else escape(one) for n, one in enumerate(held)]
        return Mrkdwn(_PLACE.sub(lambda found: safe[int(found[1])], escape(pattern)))

    def fits(self, name: str, values: Mapping[str, Fact]) -> bool:
        """Tell whether a sentence is there, and `values` fill all that stands open in it."""
        return name in self and not self._filled(name, values)[2]

    def date(self, at: datetime) -> str:
        """Say a day."""
        return self.text("date", day=at.day, month=at.month, year=at.year)

    def told(self, one: Told) -> str:
        """Say what has gone wrong, in a sentence."""
        return self.text(sentence_of(one.code, one.case), **one.facts)

    def _checked(self, name: str, values: Mapping[str, Fact]) -> tuple[str, list[str]]:
        pattern, held, errors = self._filled(name, values)
        if errors:
            # Whoever reads it is better off with a gap than without the sentence.
            _log.error("sentence_not_filled", name=name, errors=[repr(one) for one in errors])
        return pattern, held

    def _filled(
        self, name: str, values: Mapping[str, Fact]
    ) -> tuple[str, list[str], list[Exception]]:
        """Return a sentence with numbered places in it, what belongs into them, what failed."""
        given: dict[str, FluentType | str] = {}
        held: list[str] = []
        for number, (key, value) in enumerate(values.items()):
            said = "" if isinstance(value, int) else self._joined(value)
            held.append(said)
            if isinstance(value, int):
                given[key] = fluent_number(value, useGrouping=False)
            else:
                # Fluent refuses long texts, and escaping must tell ours from theirs.
                given[key] = said if _NAME.fullmatch(said) else f"\ue000{number}\ue001"
        message, _, attribute = name.partition(".")
        found = self._bundle.get_message(message)
        pattern = found.attributes[attribute] if attribute else found.value
        if pattern is None:
            raise LookupError(name)
        filled, errors = self._bundle.format_pattern(pattern, given)
        return str(filled), held, errors

    def _joined(self, value: Fact) -> str:
        match value:
            case AnyOf(things=[*most, last]) if most:
                comma, either = self.text("list-comma"), self.text("list-or")
                return comma.join(most) + either + last
            case AnyOf(things=things):
                return "".join(things)
            case AllTold(sentences=sentences):
                said = [self.told(one).rstrip(".\u3002") for one in sentences]
                return self.text("list-semicolon").join(said)
            case tuple():
                return self.text("list-comma").join(value)
        return str(value)


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of all languages."""

    by_language: Mapping[Language, Words]

    def of(self, language: Language) -> Words:
        """Return the sentences of a language."""
        return self.by_language[language]

    def for_locale(self, locale: str, otherwise: Words) -> Words:
        """Return those that somebody with a locale of Slack's (`zh-CN`) reads best."""
        written = locale.lower().replace("_", "-")
        for language, begins in _LOCALES.items():
            if any(written == one or written.startswith(f"{one}-") for one in begins):
                return self.of(language)
        return otherwise


def sentence_of(code: str, case: str) -> str:
    """Return the name of the sentence about an error."""
    return "-".join(("error", code, case) if case else ("error", code)).replace("_", "-")


def read_sentences() -> Sentences:
    """Read the sentences that come with Figment."""
    return Sentences(MappingProxyType({one: Words(one, _bundle(one)) for one in Language}))


def _bundle(language: Language) -> FluentBundle:
    # Slack shows marks of isolation as blanks in some places, and they would end up in copies.
    bundle = FluentBundle([language.value], use_isolating=False)
    folder = files("bot") / "sentences" / language.value
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle
