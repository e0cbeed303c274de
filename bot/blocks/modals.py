"""Forms, and what is read from them. Pure, except that reading refuses what is missing."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from bot.action_ids import Field, Form
from bot.blocks.kit import Mrkdwn, escape, section

_PROMPT = 1000
_OBJECT = Option(value="object", text=PlainTextObject(text="A thing"))
_STYLE = Option(value="style", text=PlainTextObject(text="A style"))
_PICTURE_TYPES = ["png", "jpg", "jpeg", "gif", "webp", "bmp", "tiff"]


class FormContext(BaseModel):
    """What a form remembers of where it was opened; travels in its private metadata."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel: str = ""
    thread: str | None = None
    message: str | None = None


def teach_modal(context: FormContext, pictures: int | None) -> View:
    """Return the form to teach; it asks for files and channel where `pictures` is None."""
    blocks: list[Block] = []
    if pictures is None:
        blocks.append(
            _input(
                Field.FILES,
                "About five pictures, from different sides",
                FileInputElement(action_id=Field.FILES, filetypes=_PICTURE_TYPES, max_files=10),
            )
        )
        blocks.append(
            _input(
                Field.CHANNEL,
                "Channel for its card",
                ConversationSelectElement(
                    action_id=Field.CHANNEL,
                    default_to_current_conversation=True,
                    filter=ConversationFilter(include=["public", "private", "im"]),
                ),
            )
        )
    else:
        blocks.append(section(escape(f"{pictures} file(s) of the message are used.")))
    blocks += [
        _input(
            Field.NAME,
            "Name",
            PlainTextInputElement(
                action_id=Field.NAME, placeholder=PlainTextObject(text="<dicoo>"), max_length=60
            ),
            hint="1 to 32 letters, digits, - or _; angle brackets are added.",
        ),
        _input(
            Field.WORD,
            "In one word, what is it?",
            PlainTextInputElement(
                action_id=Field.WORD, placeholder=PlainTextObject(text="toy"), max_length=60
            ),
        ),
        _input(
            Field.PROPERTY,
            "What do the pictures have in common?",
            RadioButtonsElement(
                action_id=Field.PROPERTY, options=[_OBJECT, _STYLE], initial_option=_OBJECT
            ),
        ),
    ]
    return _form(Form.TEACH, "Teach a concept", "Teach", blocks, context)


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
