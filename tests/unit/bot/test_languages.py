"""Who reads what in which language."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from backend.people import Person
from bot.asks import Ask, Origin
from bot.calls import Calls
from bot.errors import BotError, BotErrorCode
from bot.languages import Languages
from bot.standings import Standings
from bot.words import Words
from tests.unit.bot.made import ADA, EN, SENTENCES, ZH

MEI = Person("T1", "U0MEI")


@dataclass
class People:
    """What Slack would tell."""

    locales: dict[Person, str] = field(default_factory=lambda: {ADA: "en-US", MEI: "zh-CN"})
    trouble: Exception | None = None

    async def locale(self, person: Person) -> str:
        if self.trouble is not None:
            raise self.trouble
        return self.locales.get(person, "")


def ask(person: Person, origin: Origin, channel: str = "C0TOYS") -> Ask:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Ask(
        event_id="e1", origin=origin, workspace="T1", user=person.user, channel=channel, at=at
    )


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh-CN", ZH),
        ("zh_Hans_SG", ZH),
        ("en-GB", EN),
        ("en", EN),
        ("zh-TW", None),
        ("fr-FR", None),
        ("enm", None),
        ("", None),
    ],
)
def test_a_locale_has_its_language_or_the_channels(locale: str, words: Words | None) -> None:
    for channel in (EN, ZH):
        assert SENTENCES.for_locale(locale, channel) is (words or channel)


@pytest.mark.parametrize(
    ("person", "origin", "channel", "words"),
    [
        (MEI, Origin.COMMAND, "C0TOYS", ZH),
        (MEI, Origin.BUTTON, "C0TOYS", ZH),
        (MEI, Origin.MENTION, "C0TOYS", EN),
        (MEI, Origin.MENTION, "D0MEI", ZH),
        (ADA, Origin.FORM, "C0TOYS", EN),
    ],
)
async def test_who_reads_alone_reads_their_own_language(
    person: Person, origin: Origin, channel: str, words: Words
) -> None:
    languages = Languages(SENTENCES, EN, People())
    assert await languages.for_ask(ask(person, origin, channel)) is words


async def test_where_slack_does_not_tell_it_is_the_channels() -> None:
    people = People(trouble=BotError(BotErrorCode.MISSING_SCOPE, "No users:read."))
    assert await Languages(SENTENCES, ZH, people).of(ADA) is ZH


async def test_slack_is_asked_for_standing_and_locale_at_once() -> None:
    asked: list[str] = []

    class Slack:
        async def user_info(self, user: str) -> dict[str, Any]:
            asked.append(user)
            return {"team_id": "T1", "locale": "zh-CN"}

    standings = Standings(cast("Calls", Slack()), lambda: 0.0)
    assert await standings.locale(MEI) == "zh-CN"
    assert not (await standings.of(MEI, "C1")).is_stranger
    assert asked == [MEI.user]
