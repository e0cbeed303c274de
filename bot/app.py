"""The Bolt app: what Slack calls, and what people read when a call goes wrong."""

import logging

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from backend.clock import Clock
from backend.errors import BackendError
from backend.people import Person
from backend.service import Service
from bot import texts
from bot.authorizing import OFFICE, OfficeAuthorize
from bot.blocks.kit import Mrkdwn
from bot.calls import SLACK_FAULTS, Calls
from bot.errors import BotError, SlackBusyError
from bot.inbox import Inbox
from bot.installing import InstallFlow
from bot.listeners import (
    actions,
    commands,
    home,
    installations,
    jobs,
    mentions,
    pictures,
    settings,
    shortcuts,
    teach_form,
)
from bot.office import Office
from bot.offices import Offices
from bot.slack_errors import for_people

_log = structlog.get_logger(__name__)


def _bolt_log() -> logging.Logger:
    log = logging.getLogger("slack_bolt")
    # Bolt looks for the token in the environment itself, and would then say that it has two.
    log.addFilter(lambda record: "`token` will be unused" not in record.getMessage())
    return log


def build_app(
    client: AsyncWebClient,
    signing_secret: str,
    offices: Offices,
    inbox: Inbox,
    service: Service,
    clock: Clock,
    flow: InstallFlow | None,
    not_here: str,
) -> AsyncApp:
    """Return the app with all its listeners. `client` has no token: each office has its own.

    `flow` is how workspaces install it, None where they do not; `not_here` is told to those that
    have it no more.
    """
    app = AsyncApp(
        client=client,
        # Bolt wants one even for Socket Mode, where nothing is signed.
        signing_secret=signing_secret or "unused",
        logger=_bolt_log(),
        # None is what Bolt's own return, too, for a workspace without the app.
        authorize=OfficeAuthorize(offices),  # type: ignore[arg-type]
        oauth_flow=flow,
        user_facing_authorize_error_message=not_here,
    )
    commands.register(app, inbox, clock)
    jobs.register(app, inbox, clock)
    teach_form.register(app)
    settings.register(app, inbox, service, clock)
    pictures.register(app, inbox, service, clock)
    home.register(app)
    actions.register(app, inbox, service, clock)
    shortcuts.register(app)
    installations.register(app, offices)
    mentions.register(app, inbox)

    async def on_error(error: Exception, context: AsyncBoltContext) -> None:
        """Tell whoever pressed or submitted something; asks have their own way of complaining."""
        error = for_people(error)
        if isinstance(error, BackendError | BotError):
            _log.info("refused", code=str(error.code), message=error.message)
        else:
            _log.error("listener_failed", exc_info=error)
        office: Office | None = context.get(OFFICE)
        if office is None or not context.user_id:
            return
        person = Person(office.installed.workspace, context.user_id)
        text = texts.of_any(await office.languages.of(person), error)
        try:
            await _tell(office.calls, context, person, text)
        except (SlackBusyError, *SLACK_FAULTS) as fault:
            _log.warning("error_not_told", user=person.user, error=repr(fault))

    app.error(on_error)
    return app


async def _tell(calls: Calls, context: AsyncBoltContext, person: Person, text: Mrkdwn) -> None:
    if context.channel_id:
        try:
            await calls.whisper(context.channel_id, person.user, text)
        except (BotError, SlackApiError):
            # Not in the channel, or without the scope: what was pressed has its own address.
            if not context.response_url or context.respond is None:
                raise
            await context.respond(text, replace_original=False)
    else:
        # Pressed at home, or in a form: there is no channel that it was pressed in.
        await calls.post(await calls.direct_channel(person.user), text)
