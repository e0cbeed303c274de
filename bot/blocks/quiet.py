"""Names people without a ping, where others read along. Pure."""

import re
from collections.abc import Sequence
from copy import deepcopy

from slack_sdk.models.blocks import Block, ContextBlock, MarkdownTextObject, SectionBlock

from bot.blocks.kit import Mrkdwn
from bot.words import Words

_PERSON = re.compile(r"<@([A-Z0-9]+)>")


def quiet_text(words: Words, text: Mrkdwn, but: str) -> Mrkdwn:
    """Return a text that pings nobody except `but`: Slack has no way to name without a ping."""
    somebody = words.mrkdwn("somebody")
    return Mrkdwn(_PERSON.sub(lambda found: found[0] if found[1] == but else somebody, text))


def quiet(words: Words, blocks: Sequence[Block], but: str) -> list[Block]:
    """Return blocks that ping nobody except `but`."""
    copies = [deepcopy(block) for block in blocks]
    for block in copies:
        for text in _texts(block):
            text.text = quiet_text(words, Mrkdwn(text.text), but)
    return copies


def _texts(block: Block) -> list[MarkdownTextObject]:
    held: list[object] = []
    if isinstance(block, SectionBlock):
        held = [block.text, *(block.fields or ())]
    elif isinstance(block, ContextBlock):
        held = list(block.elements)
    return [one for one in held if isinstance(one, MarkdownTextObject)]
