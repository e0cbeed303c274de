"""Leads each request of Slack to the office of its workspace, where Bolt asks for a token."""

from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize

from bot.errors import BotError
from bot.offices import Offices

OFFICE = "office"
"""Listeners that name an argument so get the office of the request."""


class OfficeAuthorize(AsyncAuthorize):
    """Knows a workspace by its open office: no request waits for a call of Slack or a query."""

    token_rotation_expiration_minutes = 0
    """Set by Bolt; tokens do not rotate, see the manifest."""

    def __init__(self, offices: Offices) -> None:
        """Know the offices."""
        self._offices = offices

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        """Return the bot of a workspace; None where the app is not installed."""
        try:
            office = await self._offices.of(team_id or "")
        except BotError:
            return None
        context[OFFICE] = office
        installed = office.installed
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=installed.bot_user,
            bot_id=installed.bot or None,
            bot_token=installed.token,
            bot_scopes=sorted(installed.scopes or ()),
        )
