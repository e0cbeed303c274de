"""Slash commands."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from backend.clock import Clock
from bot.asks import Ask, Payload, from_command
from bot.blocks.modals import FormContext
from bot.blocks.teach_form import teach_modal
from bot.errors import BotError
from bot.inbox import Inbox
from bot.listeners.taking_in import take_in
from bot.office import Office
from bot.parse import parse_concept
from bot.wishes import OpenTeach


def register(app: AsyncApp, inbox: Inbox, clock: Clock) -> None:
    """Listen for `/concept` and `/imagine`."""

    async def command(ack: AsyncAck, body: Payload, office: Office) -> None:
        ask = from_command(body, clock())
        if opens_teach_form(ask):
            await ack()
            words = await office.languages.of(ask.person)
            form = teach_modal(words, FormContext(channel=ask.channel), None)
            await office.calls.open_view(body["trigger_id"], form)
            return
        await take_in(inbox, ask, ack)

    app.command("/concept")(command)
    app.command("/imagine")(command)


def opens_teach_form(ask: Ask) -> bool:
    """Tell whether a command asks for the form to teach; only a trigger of now can open it."""
    if ask.command != "concept":
        return False
    try:
        return isinstance(parse_concept(ask.text), OpenTeach)
    except BotError:
        return False
