"""The buttons of a job's card and of pictures that were looked through."""

from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from backend.clock import Clock
from bot.action_ids import Action
from bot.asks import Payload, from_button
from bot.blocks.checkpoints import read_checkpoint_value
from bot.inbox import Inbox
from bot.wishes_teaching import (
    DropThese,
    JobWish,
    Keep,
    Retry,
    ShowCheckpoints,
    TeachThese,
    TrainLonger,
)


def register(app: AsyncApp, inbox: Inbox, clock: Clock) -> None:
    """Listen for these buttons."""

    def asking(wish: Callable[[str], JobWish]) -> Callable[..., Any]:
        async def press(ack: AsyncAck, body: Payload, action: Payload) -> None:
            ask = from_button(body, wish(action["value"]), clock())
            new = await inbox.receive(ask)
            await ack()
            if new:
                inbox.begin(ask)

        return press

    app.action(Action.JOB_KEEP.value)(asking(lambda value: Keep(job_id=value)))
    app.action(Action.JOB_RETRY.value)(asking(lambda value: Retry(job_id=value)))
    app.action(Action.JOB_LONGER.value)(asking(lambda value: TrainLonger(job_id=value)))

    async def choose(ack: AsyncAck, body: Payload, action: Payload) -> None:
        wish = read_checkpoint_value(action["selected_option"]["value"])
        ask = from_button(body, wish, clock())
        new = await inbox.receive(ask)
        await ack()
        if new:
            inbox.begin(ask)

    app.action(Action.CHECKPOINT_USE.value)(choose)
    app.action(Action.JOB_CHECKPOINTS.value)(asking(lambda value: ShowCheckpoints(job_id=value)))
    app.action(Action.DRAFT_TEACH.value)(asking(lambda value: TeachThese(draft_id=value)))
    app.action(Action.DRAFT_DROP.value)(asking(lambda value: DropThese(draft_id=value)))
