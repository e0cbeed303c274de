"""From submitted settings to what backend keeps. Pure."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backend.defaults import Defaults
from backend.roles import Rules, Who
from bot.action_ids import Setting
from bot.asks import Payload
from bot.blocks.limits_form import DRAINING, GUESTS, PAUSED, STRANGERS, LimitsContext
from bot.form_values import FormError, Wrong, chosen, entry, text, ticked

M = TypeVar("M", bound=BaseModel)


def read_defaults(view: Payload) -> Defaults:
    """Read a person's defaults; raises FormError."""
    values = view["state"]["values"]
    given = {
        Setting.PICTURES: text(values, Setting.PICTURES) or None,
        Setting.RATIO: chosen(values, Setting.RATIO) or None,
        Setting.STEPS: text(values, Setting.STEPS) or None,
        Setting.GUIDANCE: text(values, Setting.GUIDANCE) or None,
        Setting.SAMPLER: chosen(values, Setting.SAMPLER) or None,
    }
    return _checked(Defaults, {setting.value: value for setting, value in given.items()})


def read_rules(view: Payload, present: Rules) -> Rules:
    """Read a workspace's rules; raises FormError.

    Whether it is paused or drained stays as it is at `present`, unless that was changed in the
    form: somebody may have paused it while the form was open.
    """
    values = view["state"]["values"]
    outsiders, state = (ticked(values, one) for one in (Setting.OUTSIDERS, Setting.STATE))
    opened = LimitsContext.model_validate_json(view.get("private_metadata") or "{}")
    changed = state ^ opened.state
    return _checked(
        Rules,
        {
            "who_teaches": chosen(values, Setting.WHO_TEACHES) or Who.EVERYONE,
            "teachers": entry(values, Setting.TEACHERS).get("selected_users") or (),
            "who_imagines": chosen(values, Setting.WHO_IMAGINES) or Who.EVERYONE,
            "artists": entry(values, Setting.ARTISTS).get("selected_users") or (),
            "guests": GUESTS in outsiders,
            "strangers": STRANGERS in outsiders,
            "open_jobs": text(values, Setting.OPEN_JOBS) or None,
            "renders_a_day": text(values, Setting.RENDERS_A_DAY) or None,
            "pictures_an_hour": text(values, Setting.PICTURES_AN_HOUR) or None,
            "channels": entry(values, Setting.CHANNELS).get("selected_conversations") or (),
            "listening": entry(values, Setting.LISTENING).get("selected_conversations") or (),
            "paused": PAUSED in state if PAUSED in changed else present.paused,
            "draining": DRAINING in state if DRAINING in changed else present.draining,
        },
    )


def _checked(model: type[M], given: dict[str, Any]) -> M:
    """Return what was given; the fields of the forms have the names of those of the models."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise FormError(
            {str(one["loc"][0]): _wrong(one) for one in error.errors() if one["loc"]}
        ) from error


def _wrong(one: ErrorDetails) -> Wrong:
    """Return what is said of one of pydantic's errors."""
    limits = one.get("ctx", {})
    match one["type"]:
        case "greater_than_equal":
            return Wrong("form-at-least", {"least": f"{limits['ge']}"})
        case "less_than_equal":
            return Wrong("form-at-most", {"most": f"{limits['le']}"})
        case "int_parsing" | "int_from_float":
            return Wrong("form-whole-number")
        case "float_parsing":
            return Wrong("form-number")
    return Wrong("form-out-of-limits")
