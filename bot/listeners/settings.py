"""`/figment`, and the forms of settings: what is submitted is kept before it is acknowledged."""

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from backend.clock import Clock
from backend.errors import BackendError
from backend.people import Asker
from backend.service import Service
from bot import texts
from bot.action_ids import Action, Setting, SettingsForm
from bot.asks import Payload, from_command, person_of
from bot.blocks.defaults_form import defaults_modal
from bot.blocks.limits_form import limits_modal
from bot.errors import BotError
from bot.form_values import FormError
from bot.inbox import Inbox
from bot.listeners.taking_in import take_in
from bot.office import Office
from bot.settings_forms import read_defaults, read_rules


def register(app: AsyncApp, inbox: Inbox, service: Service, clock: Clock) -> None:
    """Listen for `/figment`, and for what opens and submits the forms of settings."""

    async def show_defaults(office: Office, trigger: str, asker: Asker) -> None:
        words = await office.languages.of(asker.person)
        form = defaults_modal(words, await service.defaults(asker.person))
        await office.calls.open_view(trigger, form)

    async def show_limits(office: Office, trigger: str, asker: Asker) -> None:
        words = await office.languages.of(asker.person)
        await office.calls.open_view(trigger, limits_modal(words, await service.rules(asker)))

    forms = {"settings": show_defaults, "limits": show_limits}

    async def command(ack: AsyncAck, body: Payload, respond: AsyncRespond, office: Office) -> None:
        ask = from_command(body, clock())
        show = forms.get(ask.text.strip().lower())
        if show is None:
            await take_in(inbox, ask, ack)
            return
        await ack()
        try:
            await show(office, body["trigger_id"], await office.standings.asker(ask))
        except (BackendError, BotError) as error:
            await respond(text=texts.of_any(await office.languages.of(ask.person), error))

    async def open_defaults(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        await show_defaults(office, body["trigger_id"], await _asker(office, body))

    async def open_limits(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        await show_limits(office, body["trigger_id"], await _asker(office, body))

    async def keep_defaults(ack: AsyncAck, body: Payload, office: Office) -> None:
        try:
            asker = await _asker(office, body)
            await service.set_defaults(asker.person, read_defaults(body["view"]))
        except FormError as error:
            words = await office.languages.of(person_of(body))
            await ack(response_action="errors", errors=texts.beside_fields(words, error))
        except (BackendError, BotError) as error:
            said = texts.in_full(await office.languages.of(person_of(body)), error)
            await ack(response_action="errors", errors={Setting.PICTURES.value: said})
        else:
            await ack()

    async def keep_limits(ack: AsyncAck, body: Payload, office: Office) -> None:
        try:
            asker = await _asker(office, body)
            rules = read_rules(body["view"], await service.rules(asker))
            await service.set_rules(asker, rules)
        except FormError as error:
            words = await office.languages.of(person_of(body))
            await ack(response_action="errors", errors=texts.beside_fields(words, error))
        except (BackendError, BotError) as error:
            said = texts.in_full(await office.languages.of(person_of(body)), error)
            await ack(response_action="errors", errors={Setting.WHO_TEACHES.value: said})
        else:
            await ack()

    app.command("/figment")(command)
    app.action(Action.SETTINGS_OPEN.value)(open_defaults)
    app.action(Action.LIMITS_OPEN.value)(open_limits)
    app.view(SettingsForm.DEFAULTS.value)(keep_defaults)
    app.view(SettingsForm.LIMITS.value)(keep_limits)


async def _asker(office: Office, body: Payload) -> Asker:
    return await office.standings.asker_of(person_of(body))
