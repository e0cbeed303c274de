"""AUTOMATIC1111's brackets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import BackendError, ErrorCode
from backend.prompt_weights import LARGEST_WEIGHT, MOST_CHARACTERS, Part, checked_parts, parts_of
from cluster.placeholder import find_placeholders

UP, DOWN = 1.1, 1 / 1.1


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("", []),
        ("a red boat", [("a red boat", 1)]),
        ("a (red) boat", [("a ", 1), ("red", UP), (" boat", 1)]),
        ("a ((red)) boat", [("a ", 1), ("red", UP * UP), (" boat", 1)]),
        ("a [red] boat", [("a ", 1), ("red", DOWN), (" boat", 1)]),
        ("(red:1.3)", [("red", 1.3)]),
        ("(red: 1.3 )", [("red", 1.3)]),
        ("(red:.5)", [("red", 0.5)]),
        ("(red:2)", [("red", 2)]),
        ("(a (red:1.3) boat:0.5)", [("a ", 0.5), ("red", 0.65), (" boat", 0.5)]),
        ("[(red)]", [("red", DOWN * UP)]),
        (r"a \(red\) boat", [("a (red) boat", 1)]),
        (r"(a \[b\] \\ c)", [(r"a [b] \ c", UP)]),
        ("a) b] c", [("a) b] c", 1)]),
        ("a (red boat", [("a ", 1), ("red boat", UP)]),
        ("a [red (boat", [("a ", 1), ("red ", DOWN), ("boat", UP * DOWN)]),
        ("a boat:1.3)", [("a boat:1.3)", 1)]),
        ("[red:1.3)]", [("red:1.3)", DOWN)]),
        ("(red:1.3.3)", [("red:1.3.3", UP)]),
        ("12:30, 3 < 4", [("12:30, 3 < 4", 1)]),
        ("re(d:1) boat", [("red boat", 1)]),
        ("\\", [("\\", 1)]),
    ],
)
def test_brackets_weigh_what_is_in_them(prompt: str, parts: list[tuple[str, float]]) -> None:
    found = parts_of(prompt)
    assert [part.text for part in found] == [text for text, _ in parts]
    assert [part.weight for part in found] == pytest.approx([weight for _, weight in parts])


def test_a_placeholder_is_a_part_of_its_own_and_has_the_weight_around_it() -> None:
    assert parts_of("a (<Dicoo> boat:1.5), <x>s") == (
        Part("a "),
        Part("<dicoo>", 1.5, is_token=True),
        Part(" boat", 1.5),
        Part(", "),
        Part("<x>", is_token=True),
        Part("s"),
    )


def test_what_only_becomes_a_placeholder_without_its_brackets_is_none() -> None:
    assert parts_of("<di(coo:1)>") == (Part("<dicoo>"),)


# Text that is mostly grammar, so that nearly every example has some.
GRAMMAR = st.lists(
    st.sampled_from(
        ["(", ")", "[", "]", "\\", ":", ":1.3)", ":0)", "<dicoo>", "<", ">", "red", " "]
    )
    | st.text(max_size=4),
    max_size=30,
).map("".join)


@given(GRAMMAR)
def test_any_text_is_read_and_nothing_but_marks_gets_lost(prompt: str) -> None:
    parts = parts_of(prompt)
    left = "".join(part.text for part in parts)
    written = iter(prompt.lower())
    assert all(letter in written for letter in left.lower())
    kept = [one for one in left.lower() if one.isalpha()]
    assert kept == [one for one in prompt.lower() if one.isalpha()]


@given(GRAMMAR)
def test_the_placeholders_are_those_that_are_checked_before(prompt: str) -> None:
    found = dict.fromkeys(part.text for part in parts_of(prompt) if part.is_token)
    assert tuple(found) == find_placeholders(prompt)


@given(st.text(st.characters(exclude_characters="()[]\\")))
def test_a_text_without_marks_has_no_weights(prompt: str) -> None:
    parts = parts_of(prompt)
    assert all(part.weight == 1 for part in parts)
    assert "".join(part.text for part in parts).lower() == prompt.lower()


@given(GRAMMAR)
def test_weights_are_checked_without_an_error_of_another_kind(prompt: str) -> None:
    absurd = any(not 0 <= part.weight <= LARGEST_WEIGHT for part in parts_of(prompt))
    if absurd:
        with pytest.raises(BackendError):
            checked_parts(prompt)
    else:
        assert checked_parts(prompt) == parts_of(prompt)


@pytest.mark.parametrize(
    ("prompt", "code"),
    [
        ("(red:5.1)", ErrorCode.BAD_NUMBER),
        ("(red:-0.1)", ErrorCode.BAD_NUMBER),
        ("(" * 17 + "red", ErrorCode.BAD_NUMBER),
        ("[" * 60 + "red", ErrorCode.BAD_NUMBER),
        ("(red:999999)", ErrorCode.BAD_NUMBER),
        ("x" * (MOST_CHARACTERS + 1), ErrorCode.PROMPT_TOO_LONG),
        ("half a smile \ud83d", ErrorCode.BAD_TEXT),
    ],
)
def test_absurd_prompts_are_refused_in_words(prompt: str, code: ErrorCode) -> None:
    with pytest.raises(BackendError) as caught:
        checked_parts(prompt)
    assert caught.value.code is code
    assert caught.value.hint
