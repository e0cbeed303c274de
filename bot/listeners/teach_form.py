"""The form to teach: opened by command, button and shortcut, and unfolded."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.action_ids import Action
from bot.asks import Payload, person_of
from bot.blocks.modals import FormContext
from bot.blocks.teach_form import teach_modal
from bot.office import Office


def register(app: AsyncApp) -> None:
    """Listen for the buttons that open and unfold it."""

    async def here(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        container = body.get("container") or {}
        channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
        words = await office.languages.of(person_of(body))
        form = teach_modal(words, FormContext(channel=channel), None)
        await office.calls.open_view(body["trigger_id"], form)

    async def unfold(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        view = body["view"]
        context = FormContext.model_validate_json(view.get("private_metadata") or "{}")
        words = await office.languages.of(person_of(body))
        form = teach_modal(words, context, context.pictures, advanced=True)
        await office.calls.update_view(view["id"], view["hash"], form)

    app.action(Action.CONCEPT_TEACH.value)(here)
    app.action(Action.TEACH_ADVANCED.value)(unfold)
