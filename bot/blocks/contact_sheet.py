"""The question that is asked back when something is wrong with the pictures. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.action_ids import Action
from bot.blocks.kit import (
    MESSAGE_BLOCKS,
    Mrkdwn,
    button,
    buttons,
    context,
    joined,
    picture,
    section,
    within,
)
from bot.words import Words

_MOST_PROBLEMS = 10


def question(words: Words, token: str, good: int, problems: Sequence[str]) -> Mrkdwn:
    """Say what is wrong, and what would be taught with."""
    if not problems:
        return words.mrkdwn("sheet-few", token=token, pictures=good)
    listed = [words.mrkdwn("sheet-problem", problem=one) for one in problems[:_MOST_PROBLEMS]]
    if len(problems) > _MOST_PROBLEMS:
        listed.append(words.mrkdwn("sheet-more", number=len(problems) - _MOST_PROBLEMS))
    head = words.mrkdwn("sheet-problems", token=token)
    return joined((head, *listed), "\n")


def sheet_message(
    words: Words,
    token: str,
    good: int,
    problems: Sequence[str],
    sheet: str | None,
    draft_id: str,
) -> list[Block]:
    """Return the sheet, the problems and the two answers; `sheet` is a file in Slack."""
    blocks: list[Block] = [section(question(words, token, good, problems))]
    if sheet is not None:
        blocks.append(picture(sheet, words.text("sheet-alt", token=token), None))
        blocks.append(context(words.mrkdwn("sheet-note")))
    these = words.text("sheet-teach", pictures=good)
    blocks.append(
        buttons(
            button(these, Action.DRAFT_TEACH, draft_id, style="primary"),
            button(words.text("cancel"), Action.DRAFT_DROP, draft_id),
        )
    )
    return within(blocks, MESSAGE_BLOCKS)
