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
    escape,
    joined,
    mrkdwn,
    picture,
    section,
    within,
)
from bot.blocks.progress import count

_MOST_PROBLEMS = 10


def question(token: str, good: int, problems: Sequence[str]) -> Mrkdwn:
    """Say what is wrong, and what would be taught with."""
    if not problems:
        said = mrkdwn(
            "{token} would be taught with {good} only; about five, from different sides, are "
            "better.",
            token=token,
            good=count(good, "picture"),
        )
        return said
    listed = [escape(f"\u2022 {problem}") for problem in problems[:_MOST_PROBLEMS]]
    if len(problems) > _MOST_PROBLEMS:
        listed.append(escape(f"\u2022 and {len(problems) - _MOST_PROBLEMS} more"))
    head = mrkdwn("Before {token} is taught: some pictures cannot be used.", token=token)
    return joined((head, *listed), "\n")


def sheet_message(
    token: str, good: int, problems: Sequence[str], sheet: str | None, draft_id: str
) -> list[Block]:
    """Return the sheet, the problems and the two answers; `sheet` is a file in Slack."""
    blocks: list[Block] = [section(question(token, good, problems))]
    if sheet is not None:
        blocks.append(picture(sheet, f"The pictures of {token} as they are trained on", None))
        blocks.append(context(escape("Upright and square, as training sees them.")))
    these = f"Teach with these {good}" if good > 1 else "Teach with this one"
    blocks.append(
        buttons(
            button(these, Action.DRAFT_TEACH, draft_id, style="primary"),
            button("Cancel", Action.DRAFT_DROP, draft_id),
        )
    )
    return within(blocks, MESSAGE_BLOCKS)
