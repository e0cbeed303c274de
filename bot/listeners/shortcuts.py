"""Shortcuts: forms that are opened from anywhere, or from a message with pictures."""

import asyncio

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.action_ids import Shortcut
from bot.asks import Payload, person_of
from bot.blocks.modals import NOT_COUNTED, FormContext, message_modal, outside_modal
from bot.blocks.teach_form import teach_modal
from bot.calls import LOOK_SECONDS, SLACK_FAULTS
from bot.errors import SlackBusyError
from bot.gathering import pictures_around
from bot.membership import is_outside
from bot.office import Office

_log = structlog.get_logger(__name__)


def register(app: AsyncApp) -> None:
    """Listen for shortcuts."""

    async def teach(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        words = await office.languages.of(person_of(body))
        await office.calls.open_view(body["trigger_id"], teach_modal(words, FormContext(), None))

    async def teach_from_message(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        calls = office.calls
        message = body["message"]
        channel, thread = body["channel"]["id"], message.get("thread_ts")
        thread = None if thread == message["ts"] else thread
        files = len(message.get("files") or ())
        try:
            user = body["user"]["id"]
            async with asyncio.timeout(LOOK_SECONDS):
                files = len(await pictures_around(calls, channel, thread, message["ts"], user))
        except (SlackBusyError, TimeoutError) as error:
            # They are looked for once more when the form comes back, and nothing hurries then.
            files = files or NOT_COUNTED
            _log.info("thread_not_read_yet", channel=channel, error=repr(error))
        except SLACK_FAULTS as error:
            if is_outside(error):
                words = await office.languages.of(person_of(body))
                await calls.open_view(body["trigger_id"], outside_modal(words, error))
                return
            # Where the bot cannot read, it knows no more than the message it was shown.
            _log.info("thread_not_read", channel=channel, error=repr(error))
        words = await office.languages.of(person_of(body))
        if files == 0:
            title = words.text("no-files-title")
            form = message_modal(words, title, words.mrkdwn("no-files"))
            await calls.open_view(body["trigger_id"], form)
            return
        context = FormContext(channel=channel, thread=thread, message=message["ts"])
        await calls.open_view(body["trigger_id"], teach_modal(words, context, files))

    app.shortcut(Shortcut.TEACH.value)(teach)
    app.shortcut(Shortcut.TEACH_FROM_MESSAGE.value)(teach_from_message)
