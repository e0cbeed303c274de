"""Forms, and what is read from them. Pure, except that reading refuses what is missing."""

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import PlainTextObject
from slack_sdk.models.views import View

from bot import texts
from bot.blocks.kit import Mrkdwn, section
from bot.errors import BotError
from bot.words import Words

NOT_COUNTED = -1
"""Stands for the number of pictures where there was no time to look."""


class FormContext(BaseModel):
    """What a form remembers of where it was opened; travels in its private metadata."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel: str = ""
    thread: str | None = None
    message: str | None = None
    pictures: int | None = None
    """How many there are already, or NOT_COUNTED; None where the form asks for them."""


def message_modal(words: Words, title: str, text: Mrkdwn) -> View:
    """Return a modal that only says something."""
    return View(
        type="modal",
        title=PlainTextObject(text=title),
        close=PlainTextObject(text=words.text("close")),
        blocks=[section(text)],
    )


def outside_modal(words: Words, error: BotError) -> View:
    """Return a modal that says that the bot is not where it would be needed."""
    return message_modal(words, words.text("not-member-title"), texts.of_error(words, error))
