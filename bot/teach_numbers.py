"""The further settings of the form to teach, as far as they were given. Pure."""

from typing import Any

from bot.action_ids import Field
from bot.asks import Payload
from bot.form_values import decimal, whole


def teach_numbers(values: Payload) -> dict[str, Any]:
    """Return the numbers of a job; what was not given is left to the settings.

    Backend checks the limits. Raises FormError.
    """
    return {
        "max_steps": whole(values, Field.TRAINING_STEPS),
        "vectors": whole(values, Field.VECTORS),
        "learning_rate": decimal(values, Field.RATE),
        "repeats": whole(values, Field.REPEATS),
    }
