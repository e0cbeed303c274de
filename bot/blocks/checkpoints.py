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
from bot.blocks.kit import picture, section
from bot.wishes_teaching import UseCheckpoint
from bot.words import Words

_MOST = 100
"""What Slack's lists take; the earliest are left out first."""


def checkpoint_value(job_id: str, step: int, sheet: str | None) -> str:
    """Return what an option says when it is chosen: the sheet goes away then."""
    return f"{job_id} {step} {sheet or ''}".strip()


def read_checkpoint_value(value: str) -> UseCheckpoint:
    """Read it again; there was no sheet in it once."""
    job_id, step, *sheet = value.split(" ")
    return UseCheckpoint(job_id=job_id, step=int(step), sheet=next(iter(sheet), None))


def checkpoint_message(
    words: Words, token: str, job_id: str, steps: Sequence[int], sheet: str | None
) -> list[Block]:
    """Return the sheet and a list to choose from; `sheet` is a file in Slack."""
    blocks: list[Block] = [section(words.mrkdwn("checkpoint-question", token=token))]
    if sheet is not None:
        blocks.append(picture(sheet, words.text("checkpoint-alt", token=token)))
    options = [
        Option(
            value=checkpoint_value(job_id, step, sheet),
            text=PlainTextObject(text=words.text("checkpoint-step", step=step)),
        )
        for step in steps[-_MOST:]
    ]
    select = StaticSelectElement(
        action_id=Action.CHECKPOINT_USE,
        placeholder=PlainTextObject(text=words.text("checkpoint-choose")),
        options=options,
    )
    blocks.append(ActionsBlock(block_id="buttons", elements=[select]))
    return blocks
