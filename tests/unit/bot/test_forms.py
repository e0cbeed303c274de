"""Submitted forms become asks, or say at once what is wrong."""

from typing import Any

import pytest

from bot.action_ids import Field, Form
from bot.asks import Origin
from bot.blocks.modals import FormContext
from bot.form_values import FormError
from bot.forms import from_form
from bot.wishes import Imagine, Teach
from tests.unit.bot.made import NOW


def body(form: Form, **values: Any) -> dict[str, Any]:
    entries = {
        name: {name: value if isinstance(value, dict) else {"value": value}}
        for name, value in values.items()
    }
    context = FormContext(channel="C1", message="1.2").model_dump_json()
    view = {
        "id": "V1",
        "callback_id": form,
        "private_metadata": context,
        "state": {"values": entries},
    }
    return {"team": {"id": "T1"}, "user": {"id": "U1"}, "view": view}


def test_teaching() -> None:
    ask = from_form(
        body(
            Form.TEACH,
            name="&lt;dicoo&gt;",
            word=" toy ",
            property={"selected_option": {"value": "style"}},
        ),
        NOW,
    )
    assert ask.wish == Teach(name="<dicoo>", word="toy", style=True)
    assert (ask.origin, ask.channel, ask.message) == (Origin.FORM, "C1", "1.2")


def test_teaching_with_files_in_a_chosen_channel() -> None:
    ask = from_form(
        body(
            Form.TEACH,
            name="dicoo",
            word="toy",
            files={"files": [{"id": "F1", "name": "a.png"}]},
            channel={"selected_conversation": "C2"},
        ),
        NOW,
    )
    assert ask.channel == "C2"
    assert [file.id for file in ask.files] == ["F1"]


def test_imagining() -> None:
    ask = from_form(body(Form.IMAGINE, prompt="a &lt;dicoo&gt;", count="2", seed=None), NOW)
    assert ask.wish == Imagine(prompt="a <dicoo>", count=2)


@pytest.mark.parametrize(
    ("form", "values", "fields"),
    [
        (Form.TEACH, {"name": "my toy", "word": "rubber duck"}, {Field.NAME, Field.WORD}),
        (Form.TEACH, {"name": None, "word": None}, {Field.NAME, Field.WORD}),
        (Form.IMAGINE, {"prompt": "  "}, {Field.PROMPT}),
        (Form.IMAGINE, {"prompt": "a toy", "count": "four"}, {Field.COUNT}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    form: Form, values: dict[str, Any], fields: set[Field]
) -> None:
    with pytest.raises(FormError) as refused:
        from_form(body(form, **values), NOW)
    assert set(refused.value.problems) == fields
    assert all(refused.value.problems.values())


def test_the_same_form_is_one_ask() -> None:
    first, second = (from_form(body(Form.IMAGINE, prompt="a toy"), NOW) for _ in range(2))
    assert first.event_id == second.event_id
