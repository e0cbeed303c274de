"""Bolt's OAuth flow, with Figment's pages and its own database."""

from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlencode, urljoin

import aiohttp
import structlog
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from bot.install_pages import HEADERS, failure_page, install_page, success_page
from bot.installation_tables import STATE_SECONDS, InstallationTables, StateTable
from bot.manifest import INSTALL_PATH, REDIRECT_PATH, bot_scopes
from bot.settings import SlackSettings
from bot.words import Words

_log = structlog.get_logger(__name__)

Joined = Callable[[str], Awaitable[None]]
"""Is told of each workspace that the app was installed in."""


class UnwantedError(BoltError):
    """An installation that is not kept; `reason` says which page tells of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InstallFlow(AsyncOAuthFlow):
    """Leads from our page over Slack's page of consent to an installation."""

    def __init__(
        self,
        client: AsyncWebClient,
        settings: AsyncOAuthSettings,
        words: Words,
        joined: Joined,
        invited: Collection[str] = (),
    ) -> None:
        """Tell `joined` of what was installed. Where any are `invited`, the others may not."""
        super().__init__(client=client, settings=settings)
        self._words = words
        self._joined = joined
        self._invited = frozenset(invited)

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        """Return our own page."""
        return install_page(self._words, url)

    async def append_set_cookie_headers(
        self,
        headers: dict[str, str | list[str]],
        set_cookie_value: str | None,
    ) -> dict[str, str | list[str]]:
        """Return the headers of the page to install, which begins with a new cookie."""
        headers |= HEADERS
        if set_cookie_value is not None:
            headers["Set-Cookie"] = [set_cookie_value]
        return headers

    async def handle_installation(self, request: AsyncBoltRequest) -> BoltResponse:
        """Answer who opens the page to install."""
        return await self._page(super().handle_installation(request))

    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        """Answer who comes back from Slack's page."""
        return await self._page(super().handle_callback(request))

    async def _page(self, answering: Awaitable[BoltResponse]) -> BoltResponse:
        try:
            return await answering
        except Exception:
            # Most of all, a database that is away; which error says so depends on its driver.
            _log.exception("installing_failed")
            page = failure_page(self._words, "storage_error", self.install_path)
            return _response(500, page, self.settings)

    async def run_installation(self, code: str) -> Installation | None:
        """Have Slack exchange a code for a token; None where it does not."""
        try:
            return await super().run_installation(code)
        except (aiohttp.ClientError, TimeoutError) as error:
            _log.warning("code_not_exchanged", error=repr(error))
            return None

    async def store_installation(
        self, request: AsyncBoltRequest, installation: Installation
    ) -> None:
        """Keep an installation; raises BoltError, which becomes a page."""
        if installation.is_enterprise_install or not installation.team_id:
            raise UnwantedError("whole_organisation")
        if self._invited and installation.team_id not in self._invited:
            raise UnwantedError("not_invited")
        try:
            await super().store_installation(request, installation)
            await self._joined(installation.team_id)
        except Exception as error:
            _log.exception("installation_not_saved", workspace=installation.team_id)
            raise BoltError("the installation was not saved") from error


def new_flow(
    client: AsyncWebClient,
    slack: SlackSettings,
    installations: InstallationTables,
    states: StateTable,
    words: Words,
    joined: Joined,
) -> InstallFlow:
    """Return the flow of these settings."""
    settings = AsyncOAuthSettings(
        client_id=slack.slack_client_id,
        client_secret=slack.slack_client_secret.get_secret_value(),
        scopes=bot_scopes(),
        user_scopes=(),
        redirect_uri=slack.slack_redirect_uri or None,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        callback_options=_pages(words),
        # On the server of the Web API, as at Slack itself.
        authorization_url=urljoin(slack.api_url, "/oauth/v2/authorize"),
        installation_store=installations,
        installation_store_bot_only=True,
        state_store=states,
        state_expiration_seconds=STATE_SECONDS,
    )
    return InstallFlow(client, settings, words, joined, slack.slack_workspaces)


def _pages(words: Words) -> AsyncCallbackOptions:
    """The pages that Bolt shows to who comes back from Slack's."""

    async def success(args: AsyncSuccessArgs) -> BoltResponse:
        made = args.installation
        _log.info("installed", workspace=made.team_id, by=made.user_id)
        query = urlencode({"app": made.app_id or "", "team": made.team_id or ""})
        link = urljoin(args.settings.authorization_url, f"/app_redirect?{query}")
        page = success_page(words, link, made.team_name or "")
        return _response(200, page, args.settings)

    async def failure(args: AsyncFailureArgs) -> BoltResponse:
        reason = args.error.reason if isinstance(args.error, UnwantedError) else args.reason
        _log.info("not_installed", reason=reason[:80])
        status = 403 if isinstance(args.error, UnwantedError) else args.suggested_status_code
        page = failure_page(words, reason, args.settings.install_path)
        return _response(status, page, args.settings)

    return AsyncCallbackOptions(success=success, failure=failure)


def _response(status: int, page: str, settings: AsyncOAuthSettings) -> BoltResponse:
    deleted = settings.state_utils.build_set_cookie_for_deletion()
    return BoltResponse(status=status, body=page, headers={**HEADERS, "Set-Cookie": deleted})
