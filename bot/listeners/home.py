"""The App Home."""

import re

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.action_ids import Action
from bot.asks import Payload, workspace_of
from bot.homes import Homes


def register(app: AsyncApp, homes: Homes) -> None:
    """Listen for people who open the bot's page, and turn its pages."""

    async def opened(body: Payload) -> None:
        event = body["event"]
        if event.get("tab", "home") == "home":
            await homes.publish(event["user"], body["team_id"])

    async def turned(ack: AsyncAck, body: Payload, action: Payload) -> None:
        await ack()
        await homes.publish(body["user"]["id"], workspace_of(body), int(action["value"]))

    app.event("app_home_opened")(opened)
    app.action(re.compile(rf"{re.escape(Action.HOME_PAGE.value)}\.(?:newer|older)"))(turned)
