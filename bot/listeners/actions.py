"""Buttons, and the forms that some of them open."""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from backend.clock import Clock
from backend.errors import BackendError, ErrorCode
from backend.service import Service
from bot.action_ids import Action, Form
from bot.asks import Payload, from_button, workspace_of
from bot.blocks.modals import FormContext, imagine_modal
from bot.blocks.teach_form import teach_modal
from bot.calls import Calls
from bot.forms import FormError, from_form
from bot.inbox import Inbox
from bot.wishes import Again, Cancel, Wish


def register(app: AsyncApp, inbox: Inbox, service: Service, calls: Calls, clock: Clock) -> None:
    """Listen for buttons and submitted forms."""

    def asking(wish: Callable[[str], Wish]) -> Callable[..., Any]:
        async def press(ack: AsyncAck, body: Payload, action: Payload) -> None:
            ask = from_button(body, wish(action["value"]), clock())
            new = await inbox.receive(ask)
            await ack()
            if new:
                inbox.begin(ask)

        return press

    async def try_it(ack: AsyncAck, body: Payload, action: Payload) -> None:
        await ack()
        token = await _token(service, action["value"], workspace_of(body))
        context = FormContext(channel=(body.get("channel") or {}).get("id") or "")
        form = imagine_modal(context, f"a {token} at the beach")
        await calls.open_view(body["trigger_id"], form)

    async def teach(ack: AsyncAck, body: Payload) -> None:
        await ack()
        await calls.open_view(body["trigger_id"], teach_modal(FormContext(), None))

    async def submit(ack: AsyncAck, body: Payload) -> None:
        try:
            ask = from_form(body, clock())
        except FormError as error:
            await ack(response_action="errors", errors=error.problems)
            return
        new = await inbox.receive(ask)
        await ack()
        if new:
            inbox.begin(ask)

    async def anything(ack: AsyncAck) -> None:
        await ack()

    app.action(Action.JOB_CANCEL.value)(asking(lambda value: Cancel(what=value)))
    app.action(Action.RENDER_CANCEL.value)(asking(lambda value: Cancel(what=value)))
    app.action(Action.RENDER_AGAIN.value)(asking(lambda value: Again(render_id=value)))
    app.action(Action.JOB_TRY.value)(try_it)
    app.action(Action.HOME_TEACH.value)(teach)
    app.action(re.compile(".*"))(anything)
    for form in Form:
        app.view(form.value)(submit)


async def _token(service: Service, value: str, workspace: str) -> str:
    """Return the token that a Try button is about; raises BackendError."""
    if value.startswith("<"):
        return (await service.concept(workspace, value)).token
    job = await service.job(value)
    if job.owner.workspace != workspace:
        raise BackendError(ErrorCode.NOT_FOUND, "There is no such job here.")
    return job.token
