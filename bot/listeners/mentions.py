"""Messages to the bot: mentions, and its direct channels."""

import re
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.asks import Payload, from_message
from bot.inbox import Inbox
from bot.office import Office

_ASK = "figment_ask"


def register(app: AsyncApp, inbox: Inbox) -> None:
    """Listen for messages; every other event is acknowledged and dropped."""

    async def store(
        body: Payload,
        context: AsyncBoltContext,
        office: Office,
        next: Callable[[], Awaitable[None]],
    ) -> None:
        # Bolt acknowledges events before their listener runs, but after its middleware.
        ask = from_message(body, office.installed.bot_user)
        if ask is not None:
            ask = ask if await inbox.receive(ask) else None
        elif body["event"]["type"] == "message":
            ask = await office.overhearing.receive(body)
        context[_ASK] = ask
        await next()

    async def message(context: AsyncBoltContext) -> None:
        if (ask := context[_ASK]) is not None:
            inbox.begin(ask)

    async def anything() -> None:
        pass

    app.event("app_mention", middleware=[store])(message)
    app.event("message", middleware=[store])(message)
    app.event(re.compile(".*"))(anything)
