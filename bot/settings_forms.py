"""From submitted settings to what backend keeps. Pure."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backend.defaults import Defaults
from backend.roles import Rules, Who
from bot.action_ids import Setting
from bot.asks import Payload
from bot.blocks.limits_form import DRAINING, GUESTS, PAUSED, STRANGERS
from bot.form_values import FormError, Wrong

M = TypeVar("M", bound=BaseModel)


def read_defaults(view: Payload) -> Defaults:
    """Read a person's defaults; raises FormError."""
    values = view["state"]["values"]
    given = {
        Setting.PICTURES: _typed(values, Setting.PICTURES),
        Setting.RATIO: _chosen(values, Setting.RATIO),
        Setting.STEPS: _typed(values, Setting.STEPS),
        Setting.GUIDANCE: _typed(values, Setting.GUIDANCE),
        Setting.SAMPLER: _chosen(values, Setting.SAMPLER),
    }
    return _checked(Defaults, {setting.value: value for setting, value in given.items()})


def read_rules(view: Payload) -> Rules:
    """Read a workspace's rules; raises FormError."""
    values = view["state"]["values"]
    outsiders, state = (_ticked(values, one) for one in (Setting.OUTSIDERS, Setting.STATE))
    return _checked(
        Rules,
        {
            "who_teaches": _chosen(values, Setting.WHO_TEACHES) or Who.EVERYONE,
            "teachers": _entry(values, Setting.TEACHERS).get("selected_users") or (),
            "who_imagines": _chosen(values, Setting.WHO_IMAGINES) or Who.EVERYONE,
            "artists": _entry(values, Setting.ARTISTS).get("selected_users") or (),
            "guests": GUESTS in outsiders,
            "strangers": STRANGERS in outsiders,
            "open_jobs": _typed(values, Setting.OPEN_JOBS),
            "renders_a_day": _typed(values, Setting.RENDERS_A_DAY),
            "pictures_an_hour": _typed(values, Setting.PICTURES_AN_HOUR),
            "channels": _entry(values, Setting.CHANNELS).get("selected_conversations") or (),
            "listening": _entry(values, Setting.LISTENING).get("selected_conversations") or (),
            "paused": PAUSED in state,
            "draining": DRAINING in state,
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


def _entry(values: Payload, setting: Setting) -> dict[str, Any]:
    entry: dict[str, Any] = values.get(setting, {}).get(setting) or {}
    return entry


def _typed(values: Payload, setting: Setting) -> str | None:
    return str(_entry(values, setting).get("value") or "").strip() or None


def _chosen(values: Payload, setting: Setting) -> str | None:
    option = _entry(values, setting).get("selected_option") or {}
    value: str | None = option.get("value")
    return value


def _ticked(values: Payload, setting: Setting) -> frozenset[str]:
    options = _entry(values, setting).get("selected_options") or ()
    return frozenset(str(one["value"]) for one in options)
