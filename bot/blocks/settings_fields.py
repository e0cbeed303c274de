"""Inputs of the settings' forms. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    ConversationFilter,
    ConversationMultiSelectElement,
    PlainTextObject,
    StaticSelectElement,
    UserMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.action_ids import Setting, SettingsForm
from bot.blocks.inputs import option
from bot.words import Words


def settings_view(words: Words, form: SettingsForm, title: str, blocks: Sequence[Block]) -> View:
    """Return a form whose submission is kept at once."""
    return View(
        type="modal",
        callback_id=form,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=words.text("settings-save")),
        close=PlainTextObject(text=words.text("close")),
        blocks=list(blocks),
    )


def choice(
    setting: Setting, options: Mapping[str, str], chosen: StrEnum | None
) -> StaticSelectElement:
    """Return a list to choose from; `options` are labels by value."""
    made = {value: option(value, label) for value, label in options.items()}
    return StaticSelectElement(
        action_id=setting,
        options=list(made.values()),
        initial_option=None if chosen is None else made[chosen.value],
    )


def switches(setting: Setting, options: Mapping[str, str], on: Sequence[str]) -> CheckboxesElement:
    """Return boxes to tick; `options` are labels by value."""
    made = {value: option(value, label) for value, label in options.items()}
    return CheckboxesElement(
        action_id=setting,
        options=list(made.values()),
        # Slack refuses an empty list.
        initial_options=[made[value] for value in on] or None,
    )


def people(setting: Setting, users: Sequence[str]) -> UserMultiSelectElement:
    """Return a list of people."""
    return UserMultiSelectElement(action_id=setting, initial_users=list(users) or None)


def channels(setting: Setting, chosen: Sequence[str]) -> ConversationMultiSelectElement:
    """Return a list of channels."""
    return ConversationMultiSelectElement(
        action_id=setting,
        initial_conversations=list(chosen) or None,
        filter=ConversationFilter(include=["public", "private"]),
    )
