"""Forms, and what is read from them. Pure, except that reading refuses what is missing."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InputInteractiveElement,
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
