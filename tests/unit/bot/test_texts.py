"""Every error has words, and people's words cannot do mischief."""

import re
from dataclasses import replace

import pytest

from backend.errors import BackendError, ErrorCode
from backend.people import Person
from backend.views import ImportView
from bot import texts, texts_housekeeping
from bot.errors import BotError, BotErrorCode
from cluster.embedding_formats import EmbeddingFormat
from cluster.told import Told
from tests.unit.bot.made import EN, ZH, make_concept

OPERATORS_ONLY = (
    ErrorCode.BASE_MODEL,
    ErrorCode.UNSAFE_BASE,
    ErrorCode.DATABASE,
    ErrorCode.ALREADY_RUNNING,
)


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_is_said_in_words(code: ErrorCode) -> None:
    unknown = BackendError(code, "It went & broke.", "Do <this>.", case="unheard-of")
    said = texts.of_error(EN, unknown)
    if code in OPERATORS_ONLY:
        assert "broke" not in said
        assert "log" in said
    else:
        assert said.startswith("It went &amp; broke.")
        assert "Do &lt;this&gt;." in said


def test_a_taken_token_names_who_has_it() -> None:
    error = BackendError(
        ErrorCode.TOKEN_TAKEN, "<dicoo> is taken.", "Choose another.", by=Person("T1", "U0LIN")
    )
    assert texts.of_error(EN, error) == "&lt;dicoo&gt; is taken. (<@U0LIN>) Choose another."


@pytest.mark.parametrize("code", [ErrorCode.UNKNOWN_TOKEN, ErrorCode.BAD_INITIALIZER])
def test_suggestions_are_told_once(code: ErrorCode) -> None:
    hinted = BackendError(code, "No <dico>.", "Did you mean <dicoo>?", ("<dicoo>",))
    assert texts.of_error(EN, hinted).count("&lt;dicoo&gt;") == 1
    bare = BackendError(code, "No <dico>.", suggestions=("<dicoo>", "<dino>"))
    said = texts.of_error(EN, bare)
    assert said == "No &lt;dico&gt;. Did you mean &lt;dicoo&gt; or &lt;dino&gt;?"


@pytest.mark.parametrize("code", BotErrorCode)
def test_the_bots_own_errors_too(code: BotErrorCode) -> None:
    unknown = BotError(code, "No <x>.", "Try <y>.", case="unheard-of")
    assert texts.of_error(EN, unknown) == "No &lt;x&gt;. Try &lt;y&gt;."


def test_what_was_not_expected_stays_in_the_log() -> None:
    assert texts.of_any(EN, RuntimeError("password=hunter2")) == EN.mrkdwn("error-internal")


def test_help_shows_brackets() -> None:
    assert "<dicoo>" not in EN.mrkdwn("help")
    assert "&lt;dicoo&gt;" in EN.mrkdwn("help")


def test_an_imported_concept_says_where_it_is_from() -> None:
    imported = make_concept(job_id=None, initializer="")
    assert "a thing from a file, imported by <@U0ADA>" in texts.concept_line(EN, imported)
    by_hand = replace(imported, owner=Person("T1", "ada <admin>"))
    assert "imported by ada &lt;admin&gt; on" in texts.concept_line(EN, by_hand)
    assert "began as toy, taught by <@U0ADA>" in texts.concept_line(EN, make_concept())


def test_what_is_unusual_in_a_file_is_said_in_the_readers_language() -> None:
    facts = {"other": "<b>", "base": "cafe"}
    view = ImportView(
        make_concept(),
        is_new=True,
        format=EmbeddingFormat.DIFFUSERS,
        warnings=(
            Told("unusual_embedding", "long", {"times": "64"}),
            Told("unusual_embedding", "other-base", facts),
        ),
    )
    said = texts_housekeeping.imported(EN, view)
    assert "Its longest row is 64 times as long" in said
    assert "another base model (&lt;b&gt;)" in said
    told = texts_housekeeping.imported(ZH, view)
    assert "64" in told
    assert not re.search("[Ii]ts|another", told)
