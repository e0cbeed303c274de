"""News that the app was removed from a workspace, or its token revoked."""

import time

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.asks import Payload
from bot.offices import Offices


def register(app: AsyncApp, offices: Offices) -> None:
    """Listen for both: Slack sends them in either order, and sometimes only one."""

    async def revoked(body: Payload, context: AsyncBoltContext) -> None:
        # Those of people are none of ours.
        if (body["event"].get("tokens") or {}).get("bot"):
            await removed(body, context)

    async def removed(body: Payload, context: AsyncBoltContext) -> None:
        await offices.remove(context.team_id or "", float(body.get("event_time") or time.time()))

    app.event("tokens_revoked")(revoked)
    app.event("app_uninstalled")(removed)
