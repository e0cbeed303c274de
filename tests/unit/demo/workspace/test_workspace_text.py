"""How typed text is written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.workspace.manifest import CHANNELS, MEMBERS
from demo.workspace.text import escape, mentions, unescape, write_down


def written(typed: str) -> str:
    return write_down(typed, MEMBERS, CHANNELS)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a <dicoo> & b", "a &lt;dicoo&gt; &amp; b"),
        ("quotes \" and ' stay", "quotes \" and ' stay"),
        ("@figment hi", "<@U0FIGMENT> hi"),
        ("hi @lin.", "hi <@U0LIN>."),
        ("@nobody hi", "@nobody hi"),
        ("mail ada@lin now", "mail ada@lin now"),
        ("<@U0FIGMENT> hi", "<@U0FIGMENT> hi"),
        ("<@U0NOBODY> hi", "&lt;@U0NOBODY&gt; hi"),
        ("see #toys and #none", "see <#C0TOYS|toys> and #none"),
        ("https://a.b/?c=1&d=2 ok", "<https://a.b/?c=1&amp;d=2> ok"),
        ("&lt; is kept as typed", "&amp;lt; is kept as typed"),
    ],
)
def test_typed_text_is_written_slacks_way(typed: str, expected: str) -> None:
    assert written(typed) == expected


@given(st.text())
def test_escaping_can_be_undone_and_leaves_no_bracket(text: str) -> None:
    assert unescape(escape(text)) == text
    assert not set("<>") & set(escape(text))


@given(st.text(alphabet=st.characters(exclude_characters="@#")).filter(lambda t: "http" not in t))
def test_text_without_names_or_links_is_only_escaped(text: str) -> None:
    assert written(text) == escape(text)


def test_a_mention_is_known_in_both_of_its_forms() -> None:
    assert mentions("hi <@U0FIGMENT>", "U0FIGMENT")
    assert mentions("hi <@U0FIGMENT|figment>", "U0FIGMENT")
    assert not mentions("hi <@U0FIGMENT2>", "U0FIGMENT")
