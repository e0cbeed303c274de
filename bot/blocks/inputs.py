"""Inputs of forms, each alone in a block of its own name. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    CheckboxesElement,
    InputBlock,
    InputInteractiveElement,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.action_ids import Field, Setting
from bot.blocks.kit import clip
from bot.words import Words

LONGEST_TEXT = 3000
"""Characters that a text input takes, and can be opened with."""
_OPTION_TEXT = 75
Name = Field | Setting
"""What a block and its input are called."""


def labelled(
    field: Name,
    label: str,
    element: InputInteractiveElement,
    hint: str | None = None,
    optional: bool = True,
) -> InputBlock:
    """Return an input with its label."""
    return InputBlock(
        block_id=field,
        label=PlainTextObject(text=label),
        element=element,
        hint=None if hint is None else PlainTextObject(text=hint),
        optional=optional,
    )


def typed(field: Field, value: str | None, multiline: bool = False) -> PlainTextInputElement:
    """Return an input of text."""
    return PlainTextInputElement(
        action_id=field, initial_value=value or None, multiline=multiline, max_length=LONGEST_TEXT
    )


def number(
    field: Name,
    value: float | None,
    least: float,
    most: float | None,
    decimal: bool = False,
) -> NumberInputElement:
    """Return an input of a number; Slack opens no form whose value is out of its limits.

    Nor one with a value such as 1e+06.
    """
    if value is not None:
        value = max(value, least) if most is None else min(max(value, least), most)
    return NumberInputElement(
        action_id=field,
        is_decimal_allowed=decimal,
        initial_value=None if value is None else f"{value:.10g}",
        min_value=f"{least:.10g}",
        max_value=None if most is None else f"{most:.10g}",
    )


def choice(
    words: Words, field: Field, options: Sequence[tuple[str, str]], value: str | None
) -> StaticSelectElement:
    """Return a list of (value, text) to choose from; `value` is chosen at first."""
    made = [option(one, text) for one, text in options]
    return StaticSelectElement(
        action_id=field,
        options=made,
        initial_option=next((one for one in made if one.value == value), None),
        placeholder=PlainTextObject(text=words.text("as-usual")),
    )


def tick(field: Field, text: str, ticked: bool) -> CheckboxesElement:
    """Return one box to tick."""
    box = option("yes", text)
    return CheckboxesElement(
        action_id=field, options=[box], initial_options=[box] if ticked else None
    )


def option(value: str, text: str) -> Option:
    """Return an option."""
    return Option(value=value, text=PlainTextObject(text=clip(text, _OPTION_TEXT) or "?"))
