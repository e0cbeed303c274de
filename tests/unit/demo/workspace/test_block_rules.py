"""Slack's limits of blocks and views, in its words."""

from typing import Any

import pytest

from demo.workspace.block_rules import check_message_blocks, check_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(**changes: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **changes}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def image(**changes: Any) -> dict[str, Any]:
    return {"type": "image", "image_url": "https://a.b/c.png", "alt_text": "x", **changes}


FITTING = [
    [],
    [section("x" * 3000)],
    [{"type": "header", "text": plain("x" * 150)}],
    [actions(button(value="x" * 2000, text=plain("x" * 75), style="danger"))],
    [image(alt_text="x" * 2000)],
    [{"type": "divider"}] * 50,
    [{"type": "context", "elements": [plain("a"), image()]}],
    [{"type": "section", "fields": [plain("a")], "accessory": button()}],
    [actions(button(action_id="a"), button(action_id="b")), actions(button(action_id="a"))],
]
REFUSED = [
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (
        [{"type": "divider"}, {"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/1/text/text]",
    ),
    (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        [actions(button(text=plain("x" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        [actions(button(action_id="x" * 256))],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (
        [actions(button(style="blue"))],
        "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        [actions(button(), button())],
        "`action_id` already exists: a [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (
        [actions(*(button(action_id=str(n)) for n in range(26)))],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        [image(alt_text="x" * 2001)],
        "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]",
    ),
    ([image(alt_text=None)], "missing required field: alt_text [json-pointer:/blocks/0]"),
    (
        [{"type": "image", "alt_text": "x"}],
        "must have at least one of: image_url, slack_file [json-pointer:/blocks/0]",
    ),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([{"type": "carousel"}], "unsupported type: carousel [json-pointer:/blocks/0/type]"),
    (
        [{"type": "divider", "colour": "red"}],
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    (
        [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}],
        "`block_id` already exists: b [json-pointer:/blocks/1/block_id]",
    ),
    (
        [{"type": "section"}],
        "must have at least one of: text, fields [json-pointer:/blocks/0]",
    ),
    (["words"], "must be an object [json-pointer:/blocks/0]"),
]


@pytest.mark.parametrize("blocks", FITTING)
def test_fitting_blocks_pass(blocks: list[Any]) -> None:
    assert check_message_blocks(blocks) == []


@pytest.mark.parametrize(("blocks", "finding"), REFUSED)
def test_each_limit_is_named_with_its_place(blocks: list[Any], finding: str) -> None:
    assert check_message_blocks(blocks) == [finding]


INPUT = {
    "type": "input",
    "label": plain("Word"),
    "element": {"type": "plain_text_input", "action_id": "word"},
}


def modal(**changes: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("T"), "submit": plain("Go"), "blocks": [], **changes}


@pytest.mark.parametrize(
    ("view", "findings"),
    [
        (modal(blocks=[INPUT]), []),
        (modal(blocks=[{"type": "divider"}] * 100), []),
        ({"type": "home", "blocks": [section("hello")]}, []),
        (
            modal(blocks=[{"type": "divider"}] * 101),
            ["no more than 100 items allowed [json-pointer:/view/blocks]"],
        ),
        (
            modal(title=plain("x" * 25)),
            ["must be less than 25 characters [json-pointer:/view/title/text]"],
        ),
        (
            modal(private_metadata="x" * 3001),
            ["must be less than 3001 characters [json-pointer:/view/private_metadata]"],
        ),
        (
            modal(blocks=[INPUT], submit=None),
            ["missing required field: submit [json-pointer:/view]"],
        ),
        ({"type": "modal", "blocks": []}, ["missing required field: title [json-pointer:/view]"]),
        ({"type": "window", "blocks": []}, ["unsupported type: window [json-pointer:/view/type]"]),
    ],
)
def test_views(view: dict[str, Any], findings: list[str]) -> None:
    assert check_view(view) == findings


def number_input(decimal: bool = False, **values: str) -> dict[str, Any]:
    element = {"type": "number_input", "action_id": "a", "is_decimal_allowed": decimal, **values}
    asked = {"type": "input", "label": plain("How many?"), "element": element}
    return {"type": "modal", "title": plain("x"), "submit": plain("Go"), "blocks": [asked]}


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (number_input(initial_value="7", min_value="0", max_value="7"), None),
        (number_input(decimal=True, initial_value="7.5", max_value="30"), None),
        (number_input(initial_value="1e+06"), "must be a valid number"),
        (number_input(max_value="1e+06"), "must be a valid number"),
        (number_input(initial_value="7.5"), "must be an integer"),
        (number_input(initial_value="8", max_value="7"), "must be between min_value and max_value"),
    ],
)
def test_a_number_is_one_that_could_be_typed(view: dict[str, Any], words: str | None) -> None:
    findings = check_view(view)
    assert [words in one for one in findings if words] == ([] if words is None else [True])
    assert bool(findings) == (words is not None)
