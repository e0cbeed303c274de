"""From a submitted form to an ask. Pure."""

from datetime import datetime

from backend.checks import checked_token
from backend.errors import BackendError
from bot.action_ids import Field, Form
from bot.asks import Ask, FileInfo, Origin, Payload, workspace_of
from bot.blocks.modals import FormContext
from bot.form_values import FormError, Wrong
from bot.form_values import entry as _entry
from bot.form_values import text as _text
from bot.prompt_answers import read_prompt
from bot.teach_numbers import teach_numbers
from bot.wishes import Teach, Wish


def from_form(body: Payload, now: datetime) -> Ask:
    """Read a submitted form; raises FormError for what can be told at once."""
    view = body["view"]
    values = view["state"]["values"]
    context = FormContext.model_validate_json(view.get("private_metadata") or "{}")
    files: tuple[FileInfo, ...] = ()
    wish: Wish
    if view["callback_id"] == Form.TEACH:
        wish = _teach(values)
        files = tuple(
            FileInfo.model_validate(file) for file in _entry(values, Field.FILES).get("files") or ()
        )
    else:
        wish, files = read_prompt(view)
    chosen = _entry(values, Field.CHANNEL).get("selected_conversation")
    return Ask(
        # A modal that was refused can be submitted again, an accepted one cannot.
        event_id=f"form:{view['id']}",
        origin=Origin.FORM,
        workspace=workspace_of(body),
        user=body["user"]["id"],
        channel=chosen or context.channel,
        at=now,
        wish=wish,
        thread=context.thread,
        message=context.message,
        files=files,
    )


def _teach(values: Payload) -> Teach:
    name, word = _text(values, Field.NAME), _text(values, Field.WORD)
    problems: dict[str, Wrong | BackendError] = {}
    try:
        checked_token(name)
    except BackendError as error:
        problems[Field.NAME] = error
    if len(word.split()) != 1:
        problems[Field.WORD] = Wrong("form-one-word")
    if problems:
        raise FormError(problems)
    kind = _entry(values, Field.PROPERTY).get("selected_option") or {}
    return Teach(name=name, word=word, style=kind.get("value") == "style", **teach_numbers(values))
