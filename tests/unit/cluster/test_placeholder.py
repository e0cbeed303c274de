"""What a placeholder token looks like."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.errors import PlaceholderError
from cluster.placeholder import derive_placeholder, find_placeholders, parse_placeholder

names = st.from_regex(r"[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?", fullmatch=True)


@given(names)
def test_every_name_is_read_as_it_is_written(name: str) -> None:
    token = f"<{name}>"
    for written in (name, token, f" {token.upper()} ", f"&lt;{name}&gt;"):
        assert parse_placeholder(written) == token
    assert find_placeholders(f"a {token} toy") == (token,)


@given(st.text(string.printable + "äЖ<>&", max_size=40))
def test_what_is_accepted_can_be_found_in_a_prompt(text: str) -> None:
    try:
        token = parse_placeholder(text)
    except PlaceholderError:
        return
    assert find_placeholders(f"one {token}, two") == (token,)


@pytest.mark.parametrize(
    "text", ["", " ", "<>", "a b", "-a", "a-", "<a", "a>", "<<a>>", "ä", "a" * 33, "a/b", "a\nb"]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(PlaceholderError, match="cannot be a name") as caught:
        parse_placeholder(text)
    assert caught.value.code == "bad_placeholder"


def test_a_long_text_is_not_told_back_in_full() -> None:
    with pytest.raises(PlaceholderError) as caught:
        parse_placeholder("no name " * 99)
    assert len(caught.value.message) < 140


def test_placeholders_are_found_once_each_in_order() -> None:
    prompt = "<b> beside <A>, <a>, < c >, <d e>, 3<4>2, &lt;f&gt; <b>"
    assert find_placeholders(prompt) == ("<b>", "<a>", "<4>")


@given(st.text(string.printable + "äЖ<>&", max_size=60))
def test_what_is_derived_is_a_token(text: str) -> None:
    token = derive_placeholder(text)
    assert token is None or parse_placeholder(token) == token


@given(names)
def test_a_token_is_derived_from_itself(name: str) -> None:
    assert derive_placeholder(f"<{name}>") == f"<{name}>"


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("EasyNegative", "<easynegative>"),
        ("bad_prompt_version2", "<bad_prompt_version2>"),
        ("Crème brûlée (v2.1)", "<creme-brulee-v2-1>"),
        ("x" * 31 + "-y", "<" + "x" * 31 + ">"),
        ("*", None),
        ("100000", None),
        ("", None),
    ],
)
def test_a_name_from_elsewhere_becomes_a_token(text: str, token: str | None) -> None:
    assert derive_placeholder(text) == token
