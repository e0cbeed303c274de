"""What a person does in a modal or on the Home tab, and what the app makes of it."""

from demo.workspace import interactions
from demo.workspace.blocks import find_element
from demo.workspace.elements import Given, action_json
from demo.workspace.faults import ApiError, PageError
from demo.workspace.interactions import Handles
from demo.workspace.json_types import Json
from demo.workspace.manifest import Person
from demo.workspace.messages import View
from demo.workspace.people import ask_app
from demo.workspace.views import (
    MOST_MODALS,
    Place,
    accept_view,
    filled,
    missing_inputs,
    taking_over,
    with_used,
)
from demo.workspace.workspace import Workspace


def view_of(workspace: Workspace, person: Person, view_id: str) -> View:
    """Return a person's open modal or Home tab.

    Raises:
        PageError: it is closed, or not this person's.
    """
    view = workspace.team.view(view_id)
    if view is None or view.person != person.id:
        raise PageError("view_not_found", "This view is not open any more.")
    return view


async def click(
    workspace: Workspace,
    person: Person,
    view: View,
    block_id: str,
    action_id: str,
    given: Given,
    typed: Json,
) -> None:
    """Use an element of a view; `typed` is what the view's other inputs hold.

    Raises:
        PageError: the element is gone or the app did not answer.
    """
    element = find_element(view.blocks, block_id, action_id)
    if element is None:
        raise PageError("element_not_found", "This button is not there any more.")
    view = filled(view, typed, workspace.team, workspace.origin)
    view = workspace.team.put_view(with_used(view, element, block_id, given))
    action = action_json(element, block_id, given, workspace.team.next_ts())
    await ask_app(
        workspace, interactions.view_click(person, view, action, _handles(workspace, person))
    )


async def submit(workspace: Workspace, person: Person, view: View, typed: Json) -> dict[str, str]:
    """Submit a modal; the returned sentences, by block id, are what keeps it open.

    Raises:
        PageError: the app did not answer.
        ApiError: the app answered with a view that is not valid.
    """
    view = workspace.team.put_view(filled(view, typed, workspace.team, workspace.origin))
    missing = missing_inputs(view)
    if missing:
        return missing
    answer = await ask_app(
        workspace, interactions.view_submission(person, view, _handles(workspace, person))
    )
    return _follow(workspace, view, answer)


async def close(workspace: Workspace, person: Person, view: View) -> None:
    """Close a modal; the app hears of it when the view asked for that.

    Raises:
        PageError: the app did not answer.
    """
    stack = workspace.team.modals.get(person.id, [])
    keep = 0 if view.clear_on_close else _position(stack, view)
    closed = [one for one in reversed(stack[keep:]) if one.notify_on_close]
    workspace.team.close_views(person.id, keep=keep)
    for one in closed:
        payload = interactions.view_closed(person, one, cleared=view.clear_on_close)
        await ask_app(workspace, payload)


def _follow(workspace: Workspace, view: View, answer: Json) -> dict[str, str]:
    team = workspace.team
    action = answer.get("response_action")
    if action == "errors":
        sent = answer.get("errors")
        known = {str(block["block_id"]) for block in view.blocks if block["type"] == "input"}
        errors = {str(k): str(v) for k, v in sent.items()} if isinstance(sent, dict) else {}
        if not errors or not known.issuperset(errors):
            raise ApiError("invalid_arguments", "errors must name input blocks of the view")
        return errors
    if action == "update":
        current = team.view(view.id) or view
        made = accept_view(answer.get("view"), "modal", Place.of(current), team)
        team.put_view(taking_over(made, current))
    elif action == "push":
        if len(team.modals.get(view.person, [])) >= MOST_MODALS:
            raise ApiError("push_limit_reached")
        team.put_view(accept_view(answer.get("view"), "modal", Place.above(view), team))
    elif action == "clear":
        team.close_views(view.person, keep=0)
    elif action is None:
        stack = team.modals.get(view.person, [])
        # The app may have opened something else meanwhile; that stays.
        if any(one.id == view.id for one in stack):
            team.close_views(view.person, keep=_position(stack, view))
    else:
        raise ApiError("invalid_arguments", f"unknown response_action: {action}")
    return {}


def _position(stack: list[View], view: View) -> int:
    return next((at for at, one in enumerate(stack) if one.id == view.id), len(stack))


def _handles(workspace: Workspace, person: Person) -> Handles:
    return Handles(workspace.triggers.issue(person.id))
