"""Buttons, and the forms that some of them open."""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from backend.clock import Clock
from backend.errors import BackendError, ErrorCode
from backend.people import MEMBER, Asker
from backend.service import Service
from bot import texts
from bot.action_ids import Action, Form
from bot.asks import Payload, person_of
from bot.blocks.modals import FormContext
from bot.blocks.prompt_form import PromptContext, prompt_form
from bot.blocks.teach_form import teach_modal
from bot.form_checks import FormChecks
from bot.form_values import FormError
from bot.forms import from_form
from bot.inbox import Inbox
from bot.listeners.taking_in import pressing, take_in
from bot.office import Office
from bot.wishes import Again, Cancel, Imagine, Wish
from bot.wishes_housekeeping import Delete, UseVersion


def register(app: AsyncApp, inbox: Inbox, service: Service, clock: Clock) -> None:
    """Listen for buttons and submitted forms."""

    def asking(wish: Callable[[str], Wish]) -> Callable[..., Any]:
        return pressing(inbox, clock, lambda action: wish(action["value"]))

    async def try_it(ack: AsyncAck, body: Payload, action: Payload, office: Office) -> None:
        await ack()
        channel = (body.get("channel") or {}).get("id") or ""
        # Only to fill in a form: who may draw is looked at when it is submitted.
        somebody = person_of(body)
        token = await _token(service, action["value"], Asker(somebody, MEMBER, channel))
        context = PromptContext(channel=channel)
        words = await office.languages.of(somebody)
        wish = Imagine(prompt=words.text("try-prompt", token=token))
        form = prompt_form(words, context, wish, service.limits)
        await office.calls.open_view(body["trigger_id"], form)

    async def teach(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        words = await office.languages.of(person_of(body))
        await office.calls.open_view(body["trigger_id"], teach_modal(words, FormContext(), None))

    async def submit(ack: AsyncAck, body: Payload, office: Office) -> None:
        try:
            ask = from_form(body, clock())
        except FormError as error:
            words = await office.languages.of(person_of(body))
            await ack(response_action="errors", errors=texts.beside_fields(words, error))
            return
        checks = FormChecks(service, office.calls, office.standings)
        if wrong := await checks.wrong(ask, body["view"]):
            words = await office.languages.of(ask.person)
            said = {name: texts.in_full(words, one) for name, one in wrong.items()}
            await ack(response_action="errors", errors=said)
            return
        await take_in(inbox, ask, ack)

    async def anything(ack: AsyncAck) -> None:
        await ack()

    app.action(Action.JOB_CANCEL.value)(asking(lambda value: Cancel(what=value)))
    app.action(Action.RENDER_CANCEL.value)(asking(lambda value: Cancel(what=value)))
    app.action(Action.RENDER_AGAIN.value)(asking(lambda value: Again(render_id=value)))
    app.action(Action.CONCEPT_DELETE.value)(asking(lambda value: Delete(name=value, sure=True)))
    app.action(Action.CONCEPT_USE.value)(asking(_version_of))
    app.action(Action.JOB_TRY.value)(try_it)
    app.action(Action.HOME_TEACH.value)(teach)
    app.action(re.compile(".*"))(anything)
    for form in Form:
        app.view(form.value)(submit)


def _version_of(value: str) -> UseVersion:
    token, _, version = value.partition(" ")
    return UseVersion(name=token, version=int(version))


async def _token(service: Service, value: str, asker: Asker) -> str:
    """Return the token that a Try button is about; raises BackendError."""
    if value.startswith("<"):
        return (await service.concept(asker.person.workspace, value, asker)).token
    job = await service.job(value)
    if job.owner.workspace != asker.person.workspace:
        raise BackendError(ErrorCode.NOT_FOUND, "There is no such job here.", case="job")
    return job.token
