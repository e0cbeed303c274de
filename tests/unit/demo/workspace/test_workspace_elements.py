"""What the app is told of a used or filled element."""

from typing import Any

import pytest

from demo.workspace.elements import (
    Given,
    action_json,
    given_in,
    initial_state,
    is_empty,
    state_json,
)

TOY = {"text": {"type": "plain_text", "text": "Toy"}, "value": "toy"}
STYLE = {"text": {"type": "plain_text", "text": "Style"}, "value": "style"}
SELECT = {"type": "static_select", "action_id": "a", "options": [TOY, STYLE]}
SEVERAL = {**SELECT, "type": "multi_static_select"}
PEOPLE = {"type": "multi_users_select", "action_id": "a"}
CHANNELS = {"type": "multi_conversations_select", "action_id": "a"}
GROUPED = {
    "type": "static_select",
    "action_id": "a",
    "option_groups": [{"options": [TOY]}, {"options": [STYLE]}],
}


@pytest.mark.parametrize(
    ("element", "given", "state"),
    [
        ({"type": "plain_text_input"}, Given("dicoo"), {"value": "dicoo"}),
        ({"type": "plain_text_input"}, Given(""), {"value": None}),
        (SELECT, Given(selected="style"), {"selected_option": STYLE}),
        (SELECT, Given(selected=TOY), {"selected_option": TOY}),
        (SELECT, Given(selected="other"), {"selected_option": None}),
        (GROUPED, Given(selected="style"), {"selected_option": STYLE}),
        (SEVERAL, Given(selected=["toy", "style"]), {"selected_options": [TOY, STYLE]}),
        (SEVERAL, Given(selected="style,toy"), {"selected_options": [STYLE, TOY]}),
        ({"type": "users_select"}, Given(selected="U0ADA"), {"selected_user": "U0ADA"}),
        ({"type": "datepicker"}, Given(selected="2024-02-29"), {"selected_date": "2024-02-29"}),
        (PEOPLE, Given(selected=["U0LIN", "U0ADA"]), {"selected_users": ["U0LIN", "U0ADA"]}),
        (PEOPLE, Given(selected="U0LIN,U0ADA"), {"selected_users": ["U0LIN", "U0ADA"]}),
        (PEOPLE, Given(), {"selected_users": []}),
        (CHANNELS, Given(selected=["C0TOYS"]), {"selected_conversations": ["C0TOYS"]}),
    ],
)
def test_state(element: dict[str, Any], given: Given, state: dict[str, Any]) -> None:
    assert state_json(element, given) == {"type": element["type"], **state}


@pytest.mark.parametrize(
    ("element", "state", "empty"),
    [
        ({"type": "plain_text_input", "initial_value": "x"}, {"value": "x"}, False),
        ({"type": "plain_text_input"}, {"value": None}, True),
        ({**SELECT, "initial_option": TOY}, {"selected_option": TOY}, False),
        ({**SEVERAL}, {"selected_options": []}, True),
        (
            {"type": "datepicker", "initial_date": "2024-02-29"},
            {"selected_date": "2024-02-29"},
            False,
        ),
        (PEOPLE, {"selected_users": []}, True),
        ({**PEOPLE, "initial_users": ["U0LIN"]}, {"selected_users": ["U0LIN"]}, False),
        (
            {**CHANNELS, "initial_conversations": ["C0TOYS", "C0GENERAL"]},
            {"selected_conversations": ["C0TOYS", "C0GENERAL"]},
            False,
        ),
    ],
)
def test_initial_state(element: dict[str, Any], state: dict[str, Any], empty: bool) -> None:
    found = initial_state(element)
    assert found == {"type": element["type"], **state}
    assert is_empty(found) is empty


def test_a_state_can_be_read_back() -> None:
    for element, given in (
        (SELECT, Given(selected="toy")),
        (PEOPLE, Given(selected=["U0LIN", "U0ADA"])),
        (CHANNELS, Given(selected=[])),
        ({"type": "x"}, Given("words")),
    ):
        state = state_json(element, given)
        assert state_json(element, given_in(state)) == state


def test_a_button_tells_the_value_the_app_gave_it() -> None:
    element = {"type": "button", "action_id": "job.cancel", "value": "17", "text": {"text": "x"}}
    action = action_json(element, "b", Given("forged"), "1.0")
    assert (action["value"], action["block_id"], action["action_id"]) == ("17", "b", "job.cancel")
