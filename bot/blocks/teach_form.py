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
from bot.blocks.kit import button, buttons, section
from bot.blocks.modals import NOT_COUNTED, FormContext
from bot.words import Words

_PICTURE_TYPES = ["png", "jpg", "jpeg", "gif", "webp", "bmp", "tiff"]

_input = partial(labelled, optional=False)


def teach_modal(
    words: Words, context: FormContext, pictures: int | None, advanced: bool = False
) -> View:
    """Return the form to teach; it asks for files and channel where `pictures` is None."""
    context = context.model_copy(update={"pictures": pictures})
    thing = Option(value="object", text=PlainTextObject(text=words.text("teach-thing")))
    style = Option(value="style", text=PlainTextObject(text=words.text("teach-style")))
    blocks = _pictures(words, context, pictures)
    blocks += [
        _input(
            Field.NAME,
            words.text("teach-name"),
            PlainTextInputElement(
                action_id=Field.NAME, placeholder=PlainTextObject(text="<dicoo>"), max_length=60
            ),
            hint=words.text("teach-name-hint"),
        ),
        _input(
            Field.WORD,
            words.text("teach-word"),
            PlainTextInputElement(
                action_id=Field.WORD,
                placeholder=PlainTextObject(text=words.text("teach-word-example")),
                max_length=60,
            ),
        ),
        _input(
            Field.PROPERTY,
            words.text("teach-common"),
            RadioButtonsElement(
                action_id=Field.PROPERTY, options=[thing, style], initial_option=thing
            ),
        ),
    ]
    blocks += _advanced(words) if advanced else [_unfold(words)]
    return View(
        type="modal",
        callback_id=Form.TEACH,
        title=PlainTextObject(text=words.text("teach-title")),
        submit=PlainTextObject(text=words.text("teach-submit")),
        close=PlainTextObject(text=words.text("close")),
        private_metadata=context.model_dump_json(),
        blocks=blocks,
    )


def _pictures(words: Words, context: FormContext, pictures: int | None) -> list[Block]:
    if pictures == NOT_COUNTED:
        return [section(words.mrkdwn("teach-files-not-counted"))]
    if pictures is not None:
        return [section(words.mrkdwn("teach-files-used", files=pictures))]
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
            words.text("teach-pictures"),
            files,
            hint=words.text("teach-pictures-hint"),
            optional=True,
        ),
        _input(Field.CHANNEL, words.text("teach-channel"), channel),
    ]


def _unfold(words: Words) -> Block:
    return buttons(button(words.text("teach-advanced"), Action.TEACH_ADVANCED, "teach"))


def _advanced(words: Words) -> list[Block]:
    return [
        _input(
            Field.TRAINING_STEPS,
            words.text("teach-steps"),
            _number(Field.TRAINING_STEPS, 1, MOST_TRAINING_STEPS),
            hint=words.text("teach-steps-hint"),
            optional=True,
        ),
        _input(
            Field.VECTORS,
            words.text("teach-vectors"),
            _number(Field.VECTORS, 1, MOST_VECTORS),
            hint=words.text("teach-vectors-hint"),
            optional=True,
        ),
        _input(
            Field.RATE,
            words.text("teach-rate"),
            NumberInputElement(
                action_id=Field.RATE, is_decimal_allowed=True, min_value="0.000001", max_value="1"
            ),
            optional=True,
        ),
        _input(
            Field.REPEATS,
            words.text("teach-repeats"),
            _number(Field.REPEATS, 1, MOST_REPEATS),
            hint=words.text("teach-repeats-hint"),
            optional=True,
        ),
    ]


def _number(field: Field, least: int, most: int) -> NumberInputElement:
    return NumberInputElement(
        action_id=field, is_decimal_allowed=False, min_value=str(least), max_value=str(most)
    )
