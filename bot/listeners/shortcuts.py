"""Shortcuts: forms that are opened from anywhere, or from a message with pictures."""

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot import texts
from bot.action_ids import Shortcut
from bot.asks import Payload
from bot.blocks.modals import FormContext, message_modal
from bot.blocks.teach_form import teach_modal
from bot.calls import SLACK_FAULTS
from bot.gathering import pictures_around
from bot.office import Office

_log = structlog.get_logger(__name__)


def register(app: AsyncApp) -> None:
    """Listen for shortcuts."""

    async def teach(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        await office.calls.open_view(body["trigger_id"], teach_modal(FormContext(), None))

    async def teach_from_message(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        calls = office.calls
        message = body["message"]
        channel, thread = body["channel"]["id"], message.get("thread_ts")
        thread = None if thread == message["ts"] else thread
        files = len(message.get("files") or ())
        try:
            user = body["user"]["id"]
            files = len(await pictures_around(calls, channel, thread, message["ts"], user))
        except SLACK_FAULTS as error:
            # Where the bot cannot read, it knows no more than the message it was shown.
            _log.info("thread_not_read", channel=channel, error=repr(error))
        if not files:
            await calls.open_view(
                body["trigger_id"], message_modal("No pictures", texts.NO_FILES_ON_MESSAGE)
            )
            return
        context = FormContext(channel=channel, thread=thread, message=message["ts"])
        await calls.open_view(body["trigger_id"], teach_modal(context, files))

    app.shortcut(Shortcut.TEACH.value)(teach)
    app.shortcut(Shortcut.TEACH_FROM_MESSAGE.value)(teach_from_message)
