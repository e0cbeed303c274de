"""Words about concepts that are there become wishes, and prompts stay prompts."""

import pytest

from bot.errors import BotError
from bot.parse import parse_concept, parse_mention
from bot.parse_housekeeping import parse_figment
from bot.wishes import Help, Imagine, ShowQueue
from bot.wishes_housekeeping import (
    EVERYONE,
    HERE,
    Delete,
    Drain,
    Export,
    Import,
    MakePrivate,
    Pause,
    Rename,
    Retrain,
    ShareConcept,
    ShowSettings,
    ShowStatus,
    UseVersion,
    Versions,
)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("rename <dicoo> <robo>", Rename(old="<dicoo>", new="<robo>")),
        ("rename dicoo to robo", Rename(old="dicoo", new="robo")),
        ("delete <dicoo>", Delete(name="<dicoo>")),
        ("remove <dicoo>", Delete(name="<dicoo>")),
        ("export <dicoo>", Export(name="<dicoo>")),
        ("import", Import()),
        ("import <dicoo>", Import(name="<dicoo>")),
        ("import <ink> as style", Import(name="<ink>", style=True)),
        ("versions <dicoo>", Versions(name="<dicoo>")),
        ("use <dicoo> 2", UseVersion(name="<dicoo>", version=2)),
        ("use <dicoo> version 2", UseVersion(name="<dicoo>", version=2)),
        ("use <dicoo> v2", UseVersion(name="<dicoo>", version=2)),
        ("retrain <dicoo>", Retrain(name="<dicoo>")),
        ("share <dicoo> with everyone", ShareConcept(name="<dicoo>", whom=EVERYONE)),
        ("share <dicoo> with here", ShareConcept(name="<dicoo>", whom=HERE)),
        # What is left of <!channel>: those who are in it, and not the whole workspace.
        ("share <dicoo> with channel", ShareConcept(name="<dicoo>", whom=HERE)),
        ("private <dicoo>", MakePrivate(name="<dicoo>")),
    ],
)
def test_a_command_about_a_concept(text: str, wish: object) -> None:
    assert parse_concept(text) == wish
    verb, _, rest = text.partition(" ")
    assert parse_concept(f"{verb.upper()} {rest}") == wish


def test_a_concept_is_shared_with_one_at_a_time() -> None:
    with pytest.raises(BotError, match="one at a time"):
        parse_concept("share <dicoo> with @ada and @lin", ("@U0ADA", "@U0LIN"))


def test_whom_slack_found_is_whom_it_is_shared_with() -> None:
    said = parse_concept("share <dicoo> with toys", ("#C0TOYS",))
    assert said == ShareConcept(name="<dicoo>", whom="#C0TOYS")
    said = parse_mention("share <dicoo> with @lin", ("@U0LIN",))
    assert said == ShareConcept(name="<dicoo>", whom="@U0LIN")


@pytest.mark.parametrize(
    "text",
    ["rename <dicoo>", "delete", "use <dicoo>", "share <dicoo>", "share <dicoo> with bob"],
)
def test_what_is_missing_is_named(text: str) -> None:
    with pytest.raises(BotError) as refused:
        parse_concept(text)
    assert refused.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "share a coffee with <dicoo>",
        "share <dicoo> a coffee",
        "delete <dicoo> from the photo",
        "use <dicoo> on a table",
        "rename <dicoo> the robot king",
        "private <dicoo> detective",
        "import cars at the harbour",
        "versions of <dicoo> in a row",
        "status symbols",
    ],
)
def test_a_prompt_that_begins_like_a_command_stays_one(text: str) -> None:
    assert parse_mention(text) == Imagine(prompt=text)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", Help()),
        ("help", Help()),
        ("queue", ShowQueue()),
        ("Status", ShowStatus()),
        ("settings", ShowSettings()),
        ("pause", Pause(paused=True)),
        ("resume", Pause(paused=False)),
        ("drain", Drain(draining=True)),
        ("undrain", Drain(draining=False)),
    ],
)
def test_a_command_about_figment(text: str, wish: object) -> None:
    assert parse_figment(text) == wish


def test_another_word_is_refused() -> None:
    with pytest.raises(BotError) as refused:
        parse_figment("dance")
    assert "status" in refused.value.hint
