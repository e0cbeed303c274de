"""Pieces of Block Kit within Slack's limits, and the one place where text is escaped."""

import re
from collections.abc import Iterable
from typing import NewType
from urllib.parse import quote_plus

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    ImageBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import ConfirmObject, SlackFile

Mrkdwn = NewType("Mrkdwn", str)
"""Text as Slack reads it: escaped, with Slack's own marks."""

SECTION_TEXT = 3000
HEADER_TEXT = 150
BUTTON_TEXT = 75
ALT_TEXT = 2000
MESSAGE_BLOCKS = 50
HOME_BLOCKS = 100
MESSAGE_TEXT = 3800
_EDITED_BYTES = 3900
_FILE_TEXT = 1000
"""A longer description is refused by files.getUploadURLExternal."""
_ADDRESS_BYTES = 3500
"""Title, description and comment travel in an address, two at a time; servers take 8,000 bytes."""
_CONTEXT_TEXT = 2000
_CONFIRM_TITLE, _CONFIRM_TEXT, _CONFIRM_BUTTON = 100, 300, 30
_SLACK_USER = re.compile(r"[UW][A-Z0-9]+")


def escape(text: str) -> Mrkdwn:
    """Make plain text safe: it names nobody, links nowhere, and reads as it was written."""
    return Mrkdwn(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def joined(parts: Iterable[Mrkdwn], by: str = " ") -> Mrkdwn:
    """Join texts that are escaped already."""
    return Mrkdwn(by.join(part for part in parts if part))


def person(user: str) -> Mrkdwn:
    """Name a person: one of Slack's, or of the command line by a name of that machine."""
    return Mrkdwn(f"<@{user}>") if _SLACK_USER.fullmatch(user) else escape(user)


def code(text: str) -> Mrkdwn:
    """Show text as typed."""
    return Mrkdwn(f"`{escape(text.replace('`', chr(0x2019)))}`")


def preformatted(text: str) -> Mrkdwn:
    """Show lines as they are, such as those of a log."""
    return Mrkdwn(f"```\n{escape(text.replace('```', chr(0x2019) * 3))}\n```")


def clip(text: str, most: int) -> str:
    """Shorten text to `most` characters, never within an escaped one or somebody's mention."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    ampersand = cut.rfind("&")
    if ampersand >= 0 and ";" not in cut[ampersand:]:
        cut = cut[:ampersand]
    mention = cut.rfind("<")
    if mention >= 0 and ">" not in cut[mention:]:
        cut = cut[:mention]
    return cut.rstrip() + "\u2026"


def message_text(text: Mrkdwn) -> Mrkdwn:
    """Return text within the limit of a message."""
    return Mrkdwn(clip(text, MESSAGE_TEXT))


def edited_text(text: Mrkdwn) -> Mrkdwn:
    """Return text that chat.update takes: Slack refuses more than some 4,000 bytes there."""
    if len(text.encode()) <= _EDITED_BYTES:
        return text
    kept = text.encode()[:_EDITED_BYTES].decode(errors="ignore")
    return Mrkdwn(clip(text, len(kept)))


def file_text(text: str) -> str:
    """Return text that can be sent as a file's title, description or comment."""
    return next(
        short
        for most in range(_FILE_TEXT, 0, -50)
        if len(quote_plus(short := clip(text, most))) <= _ADDRESS_BYTES
    )


def header(text: str) -> HeaderBlock:
    """Return a headline in plain text."""
    return HeaderBlock(text=PlainTextObject(text=clip(text, HEADER_TEXT), emoji=False))


def section(text: Mrkdwn, button: ButtonElement | None = None) -> SectionBlock:
    """Return a paragraph."""
    return SectionBlock(text=_words(text, SECTION_TEXT), accessory=button)


def context(*texts: Mrkdwn) -> ContextBlock:
    """Return small print."""
    return ContextBlock(elements=[_words(text, _CONTEXT_TEXT) for text in texts if text])


def _words(text: Mrkdwn, most: int) -> MarkdownTextObject:
    # Verbatim: otherwise Slack itself finds addresses and such words as "@channel" in it.
    return MarkdownTextObject(text=clip(text, most), verbatim=True)


def divider() -> DividerBlock:
    """Return a line."""
    return DividerBlock()


def picture(file_id: str, alt: str, title: str | None = None) -> ImageBlock:
    """Return a picture that was uploaded to Slack."""
    return ImageBlock(
        slack_file=SlackFile(id=file_id),
        alt_text=clip(alt, ALT_TEXT) or "picture",
        title=None if title is None else PlainTextObject(text=clip(title, ALT_TEXT), emoji=False),
    )


def button(
    text: str,
    action_id: str,
    value: str,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """Return a button; its value is an id and nothing else."""
    return ButtonElement(
        text=PlainTextObject(text=clip(text, BUTTON_TEXT), emoji=False),
        action_id=action_id,
        value=value,
        style=style,
        confirm=confirm,
    )


def confirm(title: str, text: str, yes: str, no: str) -> ConfirmObject:
    """Return the question that is asked before a button counts."""
    return ConfirmObject(
        title=PlainTextObject(text=clip(title, _CONFIRM_TITLE)),
        text=PlainTextObject(text=clip(text, _CONFIRM_TEXT)),
        confirm=PlainTextObject(text=clip(yes, _CONFIRM_BUTTON)),
        deny=PlainTextObject(text=clip(no, _CONFIRM_BUTTON)),
    )


def buttons(*elements: ButtonElement) -> ActionsBlock:
    """Return a row of buttons; one row a message.

    Its id stays the same over updates, so that a press that crosses an update still counts.
    """
    return ActionsBlock(block_id="buttons", elements=list(elements))


def within(blocks: Iterable[Block], most: int) -> list[Block]:
    """Return the first `most` blocks."""
    return list(blocks)[:most]
