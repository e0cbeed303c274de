"""The buttons of a job's card and of pictures that were looked through."""

from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncApp

from backend.clock import Clock
from bot.action_ids import Action
from bot.asks import Payload
from bot.blocks.checkpoints import read_checkpoint_value
from bot.inbox import Inbox
from bot.listeners.taking_in import pressing
from bot.wishes_teaching import (
    DropThese,
    JobWish,
    Keep,
    Retry,
    ShowCheckpoints,
    TeachThese,
    TrainLonger,
    UseCheckpoint,
)


def register(app: AsyncApp, inbox: Inbox, clock: Clock) -> None:
    """Listen for these buttons."""

    def asking(wish: Callable[[str], JobWish]) -> Callable[..., Any]:
        return pressing(inbox, clock, lambda action: wish(action["value"]))

    app.action(Action.JOB_KEEP.value)(asking(lambda value: Keep(job_id=value)))
    app.action(Action.JOB_RETRY.value)(asking(lambda value: Retry(job_id=value)))
    app.action(Action.JOB_LONGER.value)(asking(lambda value: TrainLonger(job_id=value)))

    def chosen(action: Payload) -> UseCheckpoint:
        return read_checkpoint_value(action["selected_option"]["value"])

    app.action(Action.CHECKPOINT_USE.value)(pressing(inbox, clock, chosen))
    app.action(Action.JOB_CHECKPOINTS.value)(asking(lambda value: ShowCheckpoints(job_id=value)))
    app.action(Action.DRAFT_TEACH.value)(asking(lambda value: TeachThese(draft_id=value)))
    app.action(Action.DRAFT_DROP.value)(asking(lambda value: DropThese(draft_id=value)))
