"""From a submitted form to an ask. Pure."""

from datetime import datetime
from typing import Any

from backend.checks import checked_prompt, checked_token
from backend.errors import BackendError
from bot.action_ids import Field, Form
from bot.asks import Ask, FileInfo, Origin, Payload, unescape, workspace_of
from bot.blocks.modals import FormContext
from bot.teach_numbers import teach_numbers
from bot.wishes import Imagine, Teach, Wish


class FormError(Exception):
    """What is wrong with the fields of a form: a sentence for each."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


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
        wish = _imagine(values)
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
    problems: dict[str, str] = {}
    try:
        checked_token(name)
    except BackendError as error:
        problems[Field.NAME] = error.message
    if len(word.split()) != 1:
        problems[Field.WORD] = "Give one word, such as toy."
    if problems:
        raise FormError(problems)
    kind = _entry(values, Field.PROPERTY).get("selected_option") or {}
    try:
        numbers = teach_numbers(values)
    except ValueError as error:
        raise FormError({error.args[0]: "Give a number."}) from None
    return Teach(name=name, word=word, style=kind.get("value") == "style", **numbers)


def _imagine(values: Payload) -> Imagine:
    prompt = _text(values, Field.PROMPT)
    try:
        checked_prompt(prompt)
    except BackendError as error:
        raise FormError({Field.PROMPT: error.message}) from error
    return Imagine(
        prompt=prompt,
        negative=_text(values, Field.NEGATIVE) or None,
        count=_number(values, Field.COUNT),
        seed=_number(values, Field.SEED),
    )


def _entry(values: Payload, field: Field) -> dict[str, Any]:
    entry: dict[str, Any] = values.get(field, {}).get(field) or {}
    return entry


def _text(values: Payload, field: Field) -> str:
    return unescape(str(_entry(values, field).get("value") or "")).strip()


def _number(values: Payload, field: Field) -> int | None:
    text = _text(values, field)
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise FormError({field: "Give a whole number."}) from None
