"""Every error has words, and people's words cannot do mischief."""

from dataclasses import replace

import pytest

from backend.errors import BackendError, ErrorCode
from backend.people import Person
from backend.views import QueueView
from bot import texts
from bot.errors import BotError, BotErrorCode
from tests.unit.bot.made import make_concept, make_job, make_render

OPERATORS_ONLY = (ErrorCode.BASE_MODEL, ErrorCode.DATABASE, ErrorCode.ALREADY_RUNNING)


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_is_said_in_words(code: ErrorCode) -> None:
    said = texts.of_error(BackendError(code, "It went & broke.", "Do <this>."))
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
    assert texts.of_error(error) == "&lt;dicoo&gt; is taken. (<@U0LIN>) Choose another."


@pytest.mark.parametrize("code", [ErrorCode.UNKNOWN_TOKEN, ErrorCode.BAD_INITIALIZER])
def test_suggestions_are_told_once(code: ErrorCode) -> None:
    hinted = BackendError(code, "No <dico>.", "Did you mean <dicoo>?", ("<dicoo>",))
    assert texts.of_error(hinted).count("&lt;dicoo&gt;") == 1
    bare = BackendError(code, "No <dico>.", suggestions=("<dicoo>", "<dino>"))
    assert texts.of_error(bare) == "No &lt;dico&gt;. Did you mean &lt;dicoo&gt; or &lt;dino&gt;?"


@pytest.mark.parametrize("code", BotErrorCode)
def test_the_bots_own_errors_too(code: BotErrorCode) -> None:
    assert texts.of_error(BotError(code, "No <x>.", "Try <y>.")) == "No &lt;x&gt;. Try &lt;y&gt;."


def test_what_was_not_expected_stays_in_the_log() -> None:
    assert texts.of_any(RuntimeError("password=hunter2")) == texts.INTERNAL


def test_help_shows_brackets() -> None:
    assert "<dicoo>" not in texts.HELP
    assert "&lt;dicoo&gt;" in texts.HELP


def test_an_imported_concept_says_where_it_is_from() -> None:
    imported = make_concept(job_id=None, initializer="")
    assert "a thing from a file, imported by <@U0ADA>" in texts.concept_line(imported)
    by_hand = replace(imported, owner=Person("T1", "ada <admin>"))
    assert "imported by ada &lt;admin&gt; on" in texts.concept_line(by_hand)
    assert "began as toy, taught by <@U0ADA>" in texts.concept_line(make_concept())


def test_lists_name_everything_once() -> None:
    queue = texts.queue(QueueView((make_job(),), (make_render(),)))
    assert "&lt;dicoo&gt;" in queue
    assert "a &lt;dicoo&gt; at the beach" in queue
    assert texts.concept_list([make_concept()]).count("\n") == 0
    assert texts.HELP in texts.concept_list([])
