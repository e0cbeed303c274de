"""The App Home."""

from slack_bolt.async_app import AsyncApp

from bot.asks import Payload
from bot.homes import Homes


def register(app: AsyncApp, homes: Homes) -> None:
    """Listen for people who open the bot's page."""

    async def opened(body: Payload) -> None:
        event = body["event"]
        if event.get("tab", "home") == "home":
            await homes.publish(event["user"], body["team_id"])

    app.event("app_home_opened")(opened)
