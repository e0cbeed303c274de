"""The form to teach. Its further settings are folded away behind a button. Pure."""

from functools import partial

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from backend.job_options import MOST_REPEATS, MOST_TRAINING_STEPS, MOST_VECTORS
from bot.action_ids import Action, Field, Form
from bot.blocks.inputs import labelled
from bot.blocks.kit import button, buttons, escape, section
from bot.blocks.modals import FormContext
from bot.blocks.progress import count

_OBJECT = Option(value="object", text=PlainTextObject(text="A thing"))
_STYLE = Option(value="style", text=PlainTextObject(text="A style"))
_PICTURE_TYPES = ["png", "jpg", "jpeg", "gif", "webp", "bmp", "tiff"]

_input = partial(labelled, optional=False)


def teach_modal(context: FormContext, pictures: int | None, advanced: bool = False) -> View:
    """Return the form to teach; it asks for files and channel where `pictures` is None."""
    context = context.model_copy(update={"pictures": pictures})
    blocks = _pictures(context, pictures)
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
    blocks += _advanced() if advanced else [_unfold()]
    return View(
        type="modal",
        callback_id=Form.TEACH,
        title=PlainTextObject(text="Teach a concept"),
        submit=PlainTextObject(text="Teach"),
        close=PlainTextObject(text="Close"),
        private_metadata=context.model_dump_json(),
        blocks=blocks,
    )


def _pictures(context: FormContext, pictures: int | None) -> list[Block]:
    if pictures is not None:
        return [section(escape(f"{count(pictures, 'file')} of the message or thread are used."))]
    files = FileInputElement(action_id=Field.FILES, filetypes=_PICTURE_TYPES, max_files=10)
    channel = ConversationSelectElement(
        action_id=Field.CHANNEL,
        initial_conversation=context.channel or None,
        default_to_current_conversation=None if context.channel else True,
        filter=ConversationFilter(include=["public", "private", "im"]),
    )
    return [
        _input(
            Field.FILES,
            "About five pictures, from different sides",
            files,
            hint="Leave it empty to use the pictures that you uploaded to the channel lately.",
            optional=True,
        ),
        _input(Field.CHANNEL, "Channel for its card", channel),
    ]


def _unfold() -> Block:
    return buttons(button("Advanced settings", Action.TEACH_ADVANCED, "teach"))


def _advanced() -> list[Block]:
    return [
        _input(
            Field.TRAINING_STEPS,
            "Most training steps",
            _number(Field.TRAINING_STEPS, 1, MOST_TRAINING_STEPS),
            hint="It ends earlier once nothing more is gained.",
            optional=True,
        ),
        _input(
            Field.VECTORS,
            "Vectors",
            _number(Field.VECTORS, 1, MOST_VECTORS),
            hint="More hold more of the thing, and take more of a prompt's room.",
            optional=True,
        ),
        _input(
            Field.RATE,
            "Learning rate",
            NumberInputElement(
                action_id=Field.RATE, is_decimal_allowed=True, min_value="0.000001", max_value="1"
            ),
            optional=True,
        ),
        _input(
            Field.REPEATS,
            "Repeats of each picture",
            _number(Field.REPEATS, 1, MOST_REPEATS),
            hint="How often each comes before all have come.",
            optional=True,
        ),
    ]


def _number(field: Field, least: int, most: int) -> NumberInputElement:
    return NumberInputElement(
        action_id=field, is_decimal_allowed=False, min_value=str(least), max_value=str(most)
    )
