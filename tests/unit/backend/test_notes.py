"""What a job goes on without, kept in a database and read again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backend.notes import Note, kept, read_note, with_more
from cluster.told import AnyOf, Told

_FACTS = st.dictionaries(
    st.text(min_size=1), st.text() | st.integers() | st.lists(st.text()).map(tuple)
)


@given(message=st.text(), code=st.text(), case=st.text(), facts=_FACTS)
def test_a_note_is_read_as_it_was_kept(
    message: str, code: str, case: str, facts: dict[str, str | int | tuple[str, ...]]
) -> None:
    note = Note(message, Told(code, case, facts))
    assert read_note(json.loads(json.dumps(kept(note)))) == note


def test_one_of_before_there_were_other_languages_is_read_too() -> None:
    assert read_note("a.png is no picture.") == Note("a.png is no picture.")
    assert kept(Note("a.png is no picture.")) == "a.png is no picture."


def test_what_could_not_be_read_again_is_not_kept() -> None:
    with pytest.raises(ValidationError):
        kept(Note("Perhaps a or b.", Told("code", facts={"near": AnyOf(("a", "b"))})))


def test_a_note_is_kept_once() -> None:
    one, other = Note("a", Told("code", facts={"name": "a"})), Note("b")
    there = with_more([], [one, other, one])
    assert with_more(there, [other, one]) == there == [kept(one), kept(other)]
