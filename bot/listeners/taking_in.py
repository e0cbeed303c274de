"""How asks are taken in: kept before they are acknowledged, begun after it."""

from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck

from backend.clock import Clock
from bot.asks import Ask, Payload, from_button
from bot.inbox import Inbox
from bot.wishes import Wish


async def take_in(inbox: Inbox, ask: Ask, ack: AsyncAck) -> None:
    """Keep an ask, acknowledge it, and begin with it unless it came before."""
    new = await inbox.receive(ask)
    await ack()
    if new:
        inbox.begin(ask)


def pressing(inbox: Inbox, clock: Clock, wish: Callable[[Payload], Wish]) -> Callable[..., Any]:
    """Return the listener of a button, or of a list; `wish` reads its action."""

    async def press(ack: AsyncAck, body: Payload, action: Payload) -> None:
        await take_in(inbox, from_button(body, wish(action), clock()), ack)

    return press
