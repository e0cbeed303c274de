"""The further settings of the form to teach, as far as they were given. Pure."""

from typing import Any

from bot.action_ids import Field
from bot.asks import Payload


def teach_numbers(values: Payload) -> dict[str, Any]:
    """Return the numbers of a job; what was not given is left to the settings.

    Backend checks the limits. Raises ValueError with the field that holds no number.
    """
    fields = {
        "max_steps": (Field.STEPS, int),
        "vectors": (Field.VECTORS, int),
        "learning_rate": (Field.RATE, float),
        "repeats": (Field.REPEATS, int),
    }
    found: dict[str, Any] = {}
    for name, (field, kind) in fields.items():
        given = str(((values.get(field) or {}).get(field) or {}).get("value") or "").strip()
        try:
            found[name] = kind(given) if given else None
        except ValueError:
            raise ValueError(field) from None
    return found
