"""Forms, and what is read from them. Pure, except that reading refuses what is missing."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InputInteractiveElement,
    NumberInputElement,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.action_ids import Field, Form
from bot.blocks.kit import Mrkdwn, section


class FormContext(BaseModel):
    """What a form remembers of where it was opened; travels in its private metadata."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel: str = ""
    thread: str | None = None
    message: str | None = None
    pictures: int | None = None
    """How many there are already; None where the form asks for them."""


def imagine_modal(context: FormContext, prompt: str) -> View:
    """Return the form to imagine, with a prompt to begin with."""
    blocks: list[Block] = [
        _input(
            Field.PROMPT,
            "Prompt",
            PlainTextInputElement(
                action_id=Field.PROMPT, initial_value=prompt, multiline=True, max_length=1000
            ),
        ),
        _input(
            Field.NEGATIVE,
            "What should not be in it",
            PlainTextInputElement(action_id=Field.NEGATIVE, max_length=1000),
            optional=True,
        ),
        _input(Field.COUNT, "Pictures", _whole_number(Field.COUNT, 1, 100), optional=True),
        _input(
            Field.SEED,
            "Seed",
            _whole_number(Field.SEED, 0, 2**32 - 1),
            hint="The same seed gives the same picture.",
            optional=True,
        ),
    ]
    return _form(Form.IMAGINE, "Imagine", "Draw", blocks, context)


def message_modal(title: str, text: Mrkdwn) -> View:
    """Return a modal that only says something."""
    return View(
        type="modal",
        title=PlainTextObject(text=title),
        close=PlainTextObject(text="Close"),
        blocks=[section(text)],
    )


def _form(
    form: Form, title: str, submit: str, blocks: Sequence[Block], context: FormContext
) -> View:
    return View(
        type="modal",
        callback_id=form,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=submit),
        close=PlainTextObject(text="Close"),
        private_metadata=context.model_dump_json(),
        blocks=list(blocks),
    )


def _input(
    field: Field,
    label: str,
    element: InputInteractiveElement,
    hint: str | None = None,
    optional: bool = False,
) -> InputBlock:
    return InputBlock(
        block_id=field,
        label=PlainTextObject(text=label),
        element=element,
        hint=None if hint is None else PlainTextObject(text=hint),
        optional=optional,
    )


def _whole_number(field: Field, least: int, most: int) -> NumberInputElement:
    return NumberInputElement(
        action_id=field, is_decimal_allowed=False, min_value=str(least), max_value=str(most)
    )
