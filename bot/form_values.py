"""What was given in the fields of a submitted form. Pure."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from backend.errors import BackendError
from bot.action_ids import Field, Setting
from bot.asks import Payload, unescape, with_half_width_names
from cluster.told import Facts

Name = Field | Setting
"""What an input and its block are called."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a field: the name of a sentence, and what stands in it."""

    sentence: str
    facts: Facts = dataclasses.field(default_factory=dict)


class FormError(Exception):
    """What is wrong with the fields of a form."""

    def __init__(self, problems: dict[str, Wrong | BackendError]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


def entry(values: Payload, field: Name) -> dict[str, Any]:
    """Return what Slack says of a field; nothing of one that is not in the form."""
    found: dict[str, Any] = values.get(field, {}).get(field) or {}
    return found


def text(values: Payload, field: Name) -> str:
    """Return what was typed."""
    typed = unescape(str(entry(values, field).get("value") or "")).strip()
    return with_half_width_names(typed)


def chosen(values: Payload, field: Name) -> str:
    """Return the value of the chosen option; empty for none."""
    return str((entry(values, field).get("selected_option") or {}).get("value") or "")


def ticked(values: Payload, field: Name) -> frozenset[str]:
    """Return the values of the boxes that were ticked."""
    options = entry(values, field).get("selected_options") or ()
    return frozenset(str(one["value"]) for one in options)


def whole(values: Payload, field: Field) -> int | None:
    """Return a whole number, None where nothing was given; raises FormError."""
    typed = text(values, field)
    try:
        return int(typed) if typed else None
    except ValueError:
        raise FormError({field: Wrong("form-whole-number")}) from None


def decimal(values: Payload, field: Field) -> float | None:
    """Return a number, None where nothing was given; raises FormError."""
    typed = text(values, field)
    try:
        return float(typed) if typed else None
    except ValueError:
        raise FormError({field: Wrong("form-number")}) from None
