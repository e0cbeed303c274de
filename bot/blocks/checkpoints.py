"""The checkpoints of a job as a sheet to choose from. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    Option,
    PlainTextObject,
    StaticSelectElement,
)

from bot.action_ids import Action
from bot.blocks.kit import mrkdwn, picture, section

_MOST = 100
"""What Slack's lists take; the earliest are left out first."""


def checkpoint_message(
    token: str, job_id: str, steps: Sequence[int], sheet: str | None
) -> list[Block]:
    """Return the sheet and a list to choose from; `sheet` is a file in Slack."""
    said = mrkdwn("What {token} was on its way. Which one is to be used?", token=token)
    blocks: list[Block] = [section(said)]
    if sheet is not None:
        blocks.append(picture(sheet, f"Previews of {token} by step"))
    options = [
        Option(value=f"{job_id} {step}", text=PlainTextObject(text=f"Step {step}"))
        for step in steps[-_MOST:]
    ]
    select = StaticSelectElement(
        action_id=Action.CHECKPOINT_USE,
        placeholder=PlainTextObject(text="Choose a step"),
        options=options,
    )
    blocks.append(ActionsBlock(block_id="buttons", elements=[select]))
    return blocks
