"""Modals and Home tabs: made from what the app sent, and what people do in them."""

import secrets
from dataclasses import dataclass, replace

from demo.workspace.block_rules import check_view
from demo.workspace.blocks import check_pictures, elements_of, with_ids
from demo.workspace.elements import Given, given_in, initial_state, is_empty, state_json
from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.messages import View
from demo.workspace.rendering import file_json
from demo.workspace.state import Team, new_id

MOST_MODALS = 3
REQUIRED = "Please complete this required field."


@dataclass(frozen=True)
class Place:
    """Where a new view goes: its id, whose it is, and the modal under it."""

    id: str
    person: str
    root_id: str
    previous_id: str | None = None

    @classmethod
    def fresh(cls, person: str) -> "Place":
        """Return a place of its own, under which is nothing."""
        view_id = new_id("V")
        return cls(view_id, person, view_id)

    @classmethod
    def above(cls, view: View) -> "Place":
        """Return the place on top of another modal."""
        return cls(new_id("V"), view.person, view.root_id, view.id)

    @classmethod
    def of(cls, view: View) -> "Place":
        """Return the place of a view, for the one that takes it over."""
        return cls(view.id, view.person, view.root_id, view.previous_id)


def accept_view(sent: Json | None, kind: str, place: Place, team: Team) -> View:
    """Check a view that the app sent and give its blocks ids; inputs hold their initial values.

    Raises:
        ApiError: invalid_arguments, with one line per finding.
    """
    if sent is None:
        raise ApiError("invalid_arguments", "missing required field: view")
    findings = check_view(sent)
    if not findings:
        findings = check_pictures(sent["blocks"], "/view/blocks", team)
        if sent["type"] != kind:
            findings.append(f"must be one of: {kind} [json-pointer:/view/type]")
    if findings:
        raise ApiError("invalid_arguments", *findings)
    blocks = with_ids(sent["blocks"])
    return View(
        id=place.id,
        person=place.person,
        type=kind,
        blocks=blocks,
        title=sent.get("title"),
        submit=sent.get("submit"),
        close=sent.get("close"),
        private_metadata=sent.get("private_metadata") or "",
        callback_id=sent.get("callback_id") or "",
        external_id=sent.get("external_id") or "",
        notify_on_close=bool(sent.get("notify_on_close")),
        clear_on_close=bool(sent.get("clear_on_close")),
        hash=f"{team.next_ts()}.{secrets.token_hex(4)}",
        root_id=place.root_id,
        previous_id=place.previous_id,
        values=_first_values(blocks),
    )


def taking_over(view: View, before: View) -> View:
    """Return an updated view that keeps what was typed into inputs with the same ids."""
    values = {
        block_id: {
            action_id: before.values.get(block_id, {}).get(action_id, state)
            for action_id, state in states.items()
        }
        for block_id, states in view.values.items()
    }
    return replace(view, values=values)


def filled(view: View, typed: Json, team: Team, origin: str) -> View:
    """Return the view with what a person typed; entries for unknown elements are dropped."""
    values: Json = {block_id: dict(states) for block_id, states in view.values.items()}
    for block in view.blocks:
        entries = typed.get(block["block_id"])
        for element in elements_of(block):
            entry = entries.get(element["action_id"]) if isinstance(entries, dict) else None
            if isinstance(entry, dict) and element["type"] != "button":
                state = _with_files(state_json(element, given_in(entry)), team, origin)
                values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return replace(view, values=values)


def missing_inputs(view: View) -> dict[str, str]:
    """Return a sentence for each required input that holds nothing, by block id."""
    return {
        block["block_id"]: REQUIRED
        for block in view.blocks
        if block["type"] == "input"
        and not block.get("optional")
        and all(is_empty(state) for state in view.values.get(block["block_id"], {}).values())
    }


def with_used(view: View, element: Json, block_id: str, given: Given) -> View:
    """Return the view after one element other than a button was used."""
    if element["type"] in {"button", "overflow"}:
        return view
    states = {**view.values.get(block_id, {}), element["action_id"]: state_json(element, given)}
    return replace(view, values={**view.values, block_id: states})


def _first_values(blocks: tuple[Json, ...]) -> Json:
    values: Json = {}
    for block in blocks:
        states = {
            element["action_id"]: initial_state(element)
            for element in elements_of(block)
            if element["type"] not in {"button", "overflow"}
        }
        if states:
            values[block["block_id"]] = states
    return values


def _with_files(state: Json, team: Team, origin: str) -> Json:
    if state["type"] != "file_input":
        return state
    picked = state["files"] if isinstance(state["files"], list) else []
    ids = [str(one.get("id")) if isinstance(one, dict) else str(one) for one in picked]
    return {**state, "files": [file_json(one, origin) for one in team.files_of(ids)]}
