"""users.*: who is here."""

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import BOT_USER_ID, MEMBERS, member
from demo.workspace.rendering import channel_json, user_json
from demo.workspace.web_api.call import Call, MethodTable
from demo.workspace.web_api.paging import page_of
from demo.workspace.workspace import Workspace

TABLE = MethodTable()


@TABLE.method("users.info")
def info(workspace: Workspace, call: Call) -> Json:
    """Describe one member."""
    found = member(call.required("user"))
    if found is None:
        raise ApiError("user_not_found")
    locale = {"locale": found.locale} if call.flag("include_locale") else {}
    return {"user": user_json(found) | locale | workspace.controls.people.get(found.id, {})}


@TABLE.method("users.list")
def listing(workspace: Workspace, call: Call) -> Json:
    """List the members."""
    page = page_of(MEMBERS, call)
    return {"members": [user_json(one) for one in page.items], **page.metadata}


@TABLE.method("users.conversations")
def conversations(workspace: Workspace, call: Call) -> Json:
    """List the channels that a member, the bot by default, is in."""
    user = call.text("user", BOT_USER_ID)
    kinds = call.text("types", "public_channel").split(",")
    channels = [
        one
        for one in workspace.team.channels.values()
        if user in one.members and ("im" if one.is_im else "public_channel") in kinds
    ]
    page = page_of(channels, call)
    return {"channels": [channel_json(one) for one in page.items], **page.metadata}
