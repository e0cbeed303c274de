"""Slash commands."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from backend.clock import Clock
from bot.asks import Payload, from_command
from bot.inbox import Inbox


def register(app: AsyncApp, inbox: Inbox, clock: Clock) -> None:
    """Listen for `/concept` and `/imagine`."""

    async def command(ack: AsyncAck, body: Payload) -> None:
        ask = from_command(body, clock())
        new = await inbox.receive(ask)
        await ack()
        if new:
            inbox.begin(ask)

    app.command("/concept")(command)
    app.command("/imagine")(command)
