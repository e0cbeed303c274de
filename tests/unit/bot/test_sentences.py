"""The catalogue: whole in every language, and all that people read comes out of it."""

import ast
import re
from itertools import product

import pytest
from fluent.syntax.ast import Pattern
from fluent.syntax.serializer import serialize_pattern
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState
from backend.views import Failure
from bot import texts
from bot.blocks.failures import failure_said
from bot.blocks.kit import escape
from bot.blocks.stages import Stage
from bot.errors import BotErrorCode
from bot.words import Language, sentence_of
from cluster.verdict import FailureReason
from tests.unit.bot import catalogue
from tests.unit.bot.made import EN, SENTENCES, ZH
from tests.unit.bot.test_payloads import NASTY

LANGUAGES = [one.value for one in Language]
OPERATORS_ONLY = {"base_model", "unsafe_base", "database", "already_running"}
"""One sentence stands for all of these: their own name folders of the server."""
COMMAND_LINE_ONLY = {
    "backend/fuse_lora.py",
    "backend/recipe_file.py",
    "backend/int8.py",
    "backend/numa.py",
    "backend/render_bench.py",
}
KEPT_WITH_A_JOB = {"backend/engine.py", "backend/engine_checks.py", "backend/prompts.py"}
"""Their errors are kept as failures, and are told by their reason."""


def places(language: str) -> dict[str, frozenset[str]]:
    return {name: one.places for name, one in catalogue.sentences(language).items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_places(language: str) -> None:
    english, other = places("en"), places(language)
    assert set(other) == set(english)
    spare = {"ending"}  # English alone says 1st, 2nd, 3rd.
    differing = {name for name in english if english[name] - spare != other[name] - spare}
    assert differing == set()


def test_each_sentence_that_is_said_is_there_and_gets_what_stands_open_in_it() -> None:
    english = places("en")
    for call in catalogue.calls():
        if call.name.startswith("*") or call.name == "name":
            continue
        pattern = re.escape(call.name).replace(r"\*", "[a-z0-9-]+")
        found = [name for name in english if re.fullmatch(pattern, name)]
        assert found, call
        for name in found:
            if call.is_open:
                assert call.given <= english[name], (call, english[name])
            elif "*" not in call.name:
                assert call.given == english[name], (call, english[name])


def test_no_sentence_is_there_in_vain() -> None:
    said = {call.name for call in catalogue.calls()}
    patterns = [re.escape(name).replace(r"\*", "[a-z0-9-]+") for name in said if name != "*"]
    patterns = [one for one in patterns if not one.startswith("[a-z0-9-]+")]
    taken_up = {other for one in catalogue.sentences("en").values() for other in one.others}
    of_errors = {sentence_of(one.code, one.case or "") for one in catalogue.raised()}
    left = {
        name
        for name in catalogue.entries("en")
        if name not in taken_up | of_errors
        and not any(re.fullmatch(one, name) for one in patterns)
        and not name.endswith("-other")
    }
    assert left == CHOSEN_LATER


CHOSEN_LATER = {
    *(name for name in catalogue.entries("en") if re.match("failure-(?!other)", name)),
    *(f"error-not-allowed-{what}" for what in ("teach", "draw")),
    *(f"error-not-found-{what}" for what in ("job-or-render",)),
    *(f"error-quota-reached-{rule}" for rule in ("person-day", "channel-hour")),
    *(f"error-quota-reached-{rule}-never" for rule in ("person-day", "channel-hour")),
    *(f"{verb}{further}" for verb in ("vary", "upscale") for further in ("", "-number", "-choose")),
    *("error-not-in-channel", "error-in-use-being-taught"),
    *("error-channel-closed", "error-form-too-late", "error-slack-busy"),
}
"""Those whose names are put together where nothing in the code shows which there are."""


@pytest.mark.parametrize("code", [*ErrorCode, *BotErrorCode])
def test_every_code_is_said_in_every_language(code: ErrorCode | BotErrorCode) -> None:
    names = [name for name in catalogue.entries("en") if name.startswith(sentence_of(code, ""))]
    assert names or code in OPERATORS_ONLY


def test_every_error_has_its_sentence_where_it_is_made() -> None:
    english = places("en")
    lacking = []
    for one in catalogue.raised():
        file = one.where.partition(":")[0]
        if one.code in OPERATORS_ONLY | {"*"} or file in COMMAND_LINE_ONLY | KEPT_WITH_A_JOB:
            continue
        if one.case is None or (file.startswith("cluster/") and not one.case):
            continue
        name = sentence_of(one.code, one.case)
        spare = {"date", "time"}  # Out of the error's own `at`.
        if name not in english:
            if sentence_of(one.code, "other") not in english:
                lacking.append(one)
            continue
        needed = english[name] | english.get(f"{name}.hint", frozenset())
        if one.facts is not None:
            assert needed - spare <= one.facts, (one, needed)
    assert lacking == []


def test_the_english_of_an_error_is_that_of_the_catalogue() -> None:
    compared = 0
    for one in catalogue.raised():
        name = sentence_of(one.code, one.case or "")
        entry = catalogue.entries("en").get(name)
        if entry is None or one.message is None:
            continue
        if one.code in OPERATORS_ONLY:
            continue
        said = written(entry.value)
        if "->" in said:
            continue
        compared += 1
        assert said == one.message, one.where
        hints = [each.value for each in entry.attributes if each.id.name == "hint"]
        if one.hint:
            assert [written(hint) for hint in hints] == [one.hint], one.where
    assert compared > 40


def written(pattern: Pattern | None) -> str:
    assert pattern is not None
    return serialize_pattern(pattern).strip()


@pytest.mark.parametrize(
    "name",
    [
        *(f"job-headline-{state}" for state in JobState),
        *(f"stage-{stage}" for stage in Stage),
        *(f"failure-{reason}".replace("_", "-") for reason in FailureReason),
    ],
)
def test_every_state_and_reason_is_said(name: str) -> None:
    assert name in EN
    assert name in ZH


@pytest.mark.parametrize("reason", [*FailureReason, "never_heard_of"])
def test_a_failure_is_told_in_the_readers_language(reason: str) -> None:
    failure = Failure(reason, "It broke.", "Mend it.", host="host-3")
    assert failure_said(EN, failure) == "It broke. (on host-3) Mend it."
    told = failure_said(ZH, failure)
    assert "host-3" in told
    assert "broke" not in told


@given(said=st.sampled_from(NASTY) | st.text(max_size=3000))
def test_what_people_wrote_is_escaped_and_changes_nothing_else(said: str) -> None:
    for language in (EN, ZH):
        plain = language.mrkdwn("render-asked", prompt="PROMPT", who="WHO")
        hostile = language.mrkdwn("render-asked", prompt=said, who="WHO")
        assert hostile == plain.replace("PROMPT", escape(said))
        taken = BackendError(
            ErrorCode.UNKNOWN_TOKEN, "x", "y", case="untaught", facts={"token": said}
        )
        around = texts.of_error(language, taken).replace(escape(said), "", 1)
        assert not set("<>") & set(around)


def test_translators_cannot_call_anybody() -> None:
    for language in LANGUAGES:
        for name in catalogue.entries(language):
            said = SENTENCES.of(Language(language)).mrkdwn(name)
            assert "<" not in said, name


NEVER_ONE = {
    "error-bad-embedding-other-base",
    "error-bad-embedding-several",
    "error-bad-embedding-too-long",
    "error-bad-number-too-many-pictures",
    "error-bad-pictures-too-large",
    "error-bad-pictures-too-many-pixels",
    "error-prompt-too-long-characters",
    "error-prompt-too-long-concept",
    "error-prompt-too-long-tokens",
    "error-too-many-pictures",
    "error-unusual-embedding-long",
    "teach-name-hint",
}
"""Sentences about more than there may be, or about sizes of models."""
COUNTS = {
    *("characters", "count", "done", "failed", "files", "good", "jobs", "known", "more", "most"),
    *("number", "open_jobs", "pages", "pictures", "renders", "rows", "slots", "steps", "times"),
    *("tokens", "used", "versions", "waiting", "workers"),
}
NOT_ONE = re.compile(
    r"(?<![0-9.])1 (?:(?:(?!has|is|was)[a-z]+ )?(?!(?:has|is|was)\b)[a-z]+s\b"
    r"|[^.,;]*\b(?:are|have|were)\b)"
)


@pytest.mark.parametrize("name", sorted(set(catalogue.sentences("en")) - NEVER_ONE))
def test_one_thing_is_no_several(name: str) -> None:
    """Simply: where a number may stand that is 1, no plural comes after it."""
    said = EN.text(name, **{one: 1 if one in COUNTS else "x" for one in places("en")[name]})
    assert not NOT_ONE.search(said), said


@pytest.mark.parametrize("name", sorted(catalogue.entries("zh-Hans")))
def test_marks_stand_free(name: str) -> None:
    """Slack takes `*` and backticks for marks only where no letter touches them outside."""
    said = ZH.text(name)
    for mark, start in product("*`", (True, False)):
        pairs = list(
            re.finditer(rf"{re.escape(mark)}[^{re.escape(mark)}\n]+{re.escape(mark)}", said)
        )
        for pair in pairs:
            outside = said[: pair.start()][-1:] if start else said[pair.end() :][:1]
            assert outside in ("", " ", "\n"), (name, pair[0], outside)


def test_no_english_sentence_stands_in_the_code_that_speaks_to_people() -> None:
    """Simply: no text of two words or more in builders, texts and listeners, but docstrings."""
    found = []
    for path, tree in catalogue.trees("bot/blocks", "bot/listeners"):
        found += english_in(path.name, tree)
    for path, tree in catalogue.trees("bot"):
        if path.name.startswith("texts") or path.name in SPEAKING:
            found += english_in(path.name, tree)
    assert found == []


SPEAKING = (
    "cards.py",
    "card_pictures.py",
    "desk.py",
    "drawing.py",
    "homes.py",
    "housekeeping.py",
    "results.py",
    "removal.py",
    "teaching.py",
    "watch.py",
    "contact_sheet.py",
    "curve_picture.py",
)
TYPED = re.compile(r"/?(figment|concept|imagine) ")
"""What is shown to be typed is the same in every language."""
TWO_WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? [a-z]{2,}|[a-z]{2,} [A-Za-z]{2,}")
ERRORS = ("BackendError", "BotError")


def english_in(file: str, tree: ast.Module) -> list[str]:
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        # The English of an error is for logs and the command line; people get its sentence.
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
            skipped |= {id(one) for one in ast.walk(node)}
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "with_hint":
            skipped |= {id(one) for one in ast.walk(node)}
    return [
        f"{file}:{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in skipped
        and TWO_WORDS.search(node.value)
        and not TYPED.match(node.value)
    ]
