"""The App Home."""

import re

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.action_ids import Action
from bot.asks import Payload, workspace_of
from bot.office import Office


def register(app: AsyncApp) -> None:
    """Listen for people who open the bot's page, and turn its pages."""

    async def opened(body: Payload, office: Office) -> None:
        event = body["event"]
        if event.get("tab", "home") == "home":
            await office.homes.publish(event["user"], workspace_of(body))

    async def turned(ack: AsyncAck, body: Payload, action: Payload, office: Office) -> None:
        await ack()
        user, page = body["user"]["id"], int(action["value"])
        await office.homes.publish(user, workspace_of(body), page)

    app.event("app_home_opened")(opened)
    app.action(re.compile(rf"{re.escape(Action.HOME_PAGE.value)}\.(?:newer|older)"))(turned)
