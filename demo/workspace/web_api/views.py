"""views.*: open, push, update, publish."""

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import member
from demo.workspace.messages import View
from demo.workspace.rendering import view_json
from demo.workspace.views import MOST_MODALS, Place, accept_view, taking_over
from demo.workspace.web_api.call import Call, MethodTable
from demo.workspace.workspace import Workspace

TABLE = MethodTable()


@TABLE.method("views.open")
def open_view(workspace: Workspace, call: Call) -> Json:
    """Open a modal for the person behind the trigger id."""
    trigger_id = call.required("trigger_id")
    # A view that is not valid leaves the trigger id unused.
    accept_view(_sent(call), "modal", Place.fresh(""), workspace.team)
    person = workspace.triggers.exchange(trigger_id)
    view = accept_view(_sent(call), "modal", Place.fresh(person), workspace.team)
    _check_external_id(workspace, view)
    workspace.team.close_views(person, keep=0)
    return {"view": view_json(workspace.team.put_view(view))}


@TABLE.method("views.push")
def push(workspace: Workspace, call: Call) -> Json:
    """Put a modal on top of the person's modals."""
    trigger_id = call.required("trigger_id")
    accept_view(_sent(call), "modal", Place.fresh(""), workspace.team)
    person = workspace.triggers.exchange(trigger_id)
    stack = workspace.team.modals.get(person, [])
    if len(stack) >= MOST_MODALS:
        raise ApiError("push_limit_reached")
    place = Place.above(stack[-1]) if stack else Place.fresh(person)
    view = accept_view(_sent(call), "modal", place, workspace.team)
    _check_external_id(workspace, view)
    return {"view": view_json(workspace.team.put_view(view))}


@TABLE.method("views.update")
def update(workspace: Workspace, call: Call) -> Json:
    """Replace a view that is open."""
    before = _named(workspace, call)
    _check_hash(call, before)
    view = accept_view(_sent(call), before.type, Place.of(before), workspace.team)
    return {"view": view_json(workspace.team.put_view(taking_over(view, before)))}


@TABLE.method("views.publish")
def publish(workspace: Workspace, call: Call) -> Json:
    """Publish a person's Home tab."""
    person = member(call.required("user_id"))
    if person is None or person.is_bot:
        raise ApiError("invalid_arguments", "invalid user [json-pointer:/user_id]")
    before = workspace.team.homes.get(person.id)
    if before is not None:
        _check_hash(call, before)
    place = Place.of(before) if before else Place.fresh(person.id)
    view = accept_view(_sent(call), "home", place, workspace.team)
    return {"view": view_json(workspace.team.put_view(view))}


def _sent(call: Call) -> Json | None:
    return call.mapping("view", "invalid_arguments")


def _named(workspace: Workspace, call: Call) -> View:
    if call.has("view_id"):
        found = workspace.team.view(call.text("view_id"))
    else:
        wanted = call.required("external_id")
        found = next((one for one in workspace.team.views() if one.external_id == wanted), None)
    if found is None:
        raise ApiError("not_found")
    return found


def _check_hash(call: Call, view: View) -> None:
    if call.text("hash", view.hash) != view.hash:
        raise ApiError("hash_conflict")


def _check_external_id(workspace: Workspace, view: View) -> None:
    if view.external_id and any(
        one.external_id == view.external_id for one in workspace.team.views()
    ):
        raise ApiError("duplicate_external_id")
