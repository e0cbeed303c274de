"""The Bolt app: what Slack calls, and what people read when a call goes wrong."""

import logging

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from backend.clock import Clock
from backend.errors import BackendError
from backend.service import Service
from bot import texts
from bot.calls import Calls
from bot.errors import BotError
from bot.homes import Homes
from bot.inbox import Inbox
from bot.listeners import (
    actions,
    commands,
    home,
    jobs,
    mentions,
    pictures,
    settings,
    shortcuts,
    teach_form,
)
from bot.overheard import Overhearing
from bot.standings import Standings

_log = structlog.get_logger(__name__)


def _bolt_log() -> logging.Logger:
    log = logging.getLogger("slack_bolt")
    # Bolt looks for the token in the environment itself, and would then say that it has two.
    log.addFilter(lambda record: "`token` will be unused" not in record.getMessage())
    return log


def build_app(
    client: AsyncWebClient,
    signing_secret: str,
    bot_user: str,
    inbox: Inbox,
    service: Service,
    calls: Calls,
    homes: Homes,
    standings: Standings,
    clock: Clock,
) -> AsyncApp:
    """Return the app with all its listeners."""
    app = AsyncApp(
        client=client,
        # Bolt wants one even for Socket Mode, where nothing is signed.
        signing_secret=signing_secret or "unused",
        logger=_bolt_log(),
    )
    commands.register(app, inbox, calls, clock)
    jobs.register(app, inbox, clock)
    teach_form.register(app, calls)
    settings.register(app, inbox, service, calls, standings, clock)
    pictures.register(app, inbox, service, calls, clock)
    home.register(app, homes)
    actions.register(app, inbox, service, calls, clock)
    shortcuts.register(app, calls)
    mentions.register(
        app, inbox, bot_user, Overhearing(service, inbox, standings, bot_user).receive
    )

    async def on_error(error: Exception, context: AsyncBoltContext) -> None:
        """Tell whoever pressed or submitted something; asks have their own way of complaining."""
        if isinstance(error, BackendError | BotError):
            _log.info("refused", code=str(error.code), message=error.message)
        else:
            _log.error("listener_failed", exc_info=error)
        if context.channel_id and context.user_id:
            text = texts.of_any(error)
            try:
                await calls.whisper(context.channel_id, context.user_id, text)
            except BotError:
                # Not in the channel, or without the scope: what was pressed has its own address.
                if context.response_url and context.respond is not None:
                    await context.respond(text, replace_original=False)

    app.error(on_error)
    return app
