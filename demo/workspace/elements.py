"""What a person did with an interactive element, as the app is told. Pure."""

from dataclasses import dataclass

from demo.workspace.json_types import Json

_OPTION_KINDS = frozenset({"static_select", "external_select", "radio_buttons", "overflow"})
_OPTIONS_KINDS = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})
_PICKED = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}


@dataclass(frozen=True)
class Given:
    """What the person gave: a typed value, or what they picked (one or several option values)."""

    value: str | None = None
    selected: object = None


def state_json(element: Json, given: Given) -> Json:
    """Return an element's entry in `state.values`."""
    kind = str(element["type"])
    if kind in _OPTION_KINDS:
        return {"type": kind, "selected_option": _option(element, given.selected)}
    if kind in _OPTIONS_KINDS:
        options = [_option(element, one) for one in _several(given.selected)]
        return {"type": kind, "selected_options": [one for one in options if one]}
    if kind in _PICKED:
        picked = _several(given.selected) if kind.startswith("multi_") else given.selected
        return {"type": kind, _PICKED[kind]: picked}
    return {"type": kind, "value": given.value or None}


def given_in(entry: Json) -> Given:
    """Read what a person gave from an entry shaped like `state.values`."""
    for name in ("selected_option", "selected_options", *_PICKED.values()):
        if entry.get(name) is not None:
            return Given(selected=entry[name])
    value = entry.get("value")
    return Given(value=None if value is None else str(value))


def action_json(element: Json, block_id: str, given: Given, action_ts: str) -> Json:
    """Return the entry of `actions` for a used element."""
    action: Json = {
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": action_ts,
    }
    if element["type"] == "button":
        shown: Json = {
            name: element[name] for name in ("text", "value", "style") if name in element
        }
        return {**action, "type": "button", **shown}
    return {**action, **state_json(element, given)}


def initial_state(element: Json) -> Json:
    """Return the entry in `state.values` of an element that nobody touched yet."""
    kind = str(element["type"])
    if kind in _OPTION_KINDS:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _OPTIONS_KINDS:
        return {"type": kind, "selected_options": list(element.get("initial_options") or ())}
    if kind in _PICKED:
        name = _PICKED[kind]
        first = element.get(name.replace("selected_", "initial_"))
        return {"type": kind, name: [] if first is None and kind.startswith("multi_") else first}
    return {"type": kind, "value": element.get("initial_value")}


def is_empty(state: Json) -> bool:
    """Tell whether an entry of `state.values` holds nothing."""
    return not any(value for name, value in state.items() if name != "type")


def _several(selected: object) -> list[object]:
    """Several values come as a list, or as one text with commas."""
    if isinstance(selected, str):
        return [one for one in selected.split(",") if one]
    return selected if isinstance(selected, list) else []


def _option(element: Json, picked: object) -> Json | None:
    value = picked.get("value") if isinstance(picked, dict) else picked
    groups = element.get("option_groups") or ()
    options = [*(element.get("options") or ()), *(one for g in groups for one in g["options"])]
    return next((one for one in options if one.get("value") == value), None)
