"""api.test, auth.test, apps.connections.open and bots.info."""

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import (
    APP_ID,
    BOT_ID,
    BOT_NAME,
    BOT_USER_ID,
    TEAM_ID,
)
from demo.workspace.web_api.call import Call, MethodTable
from demo.workspace.workspace import Workspace

TABLE = MethodTable()


@TABLE.method("api.test")
def api_test(workspace: Workspace, call: Call) -> Json:
    """Echo the arguments; `error` among them makes the call fail with it."""
    if call.has("error"):
        raise ApiError(call.text("error"))
    return {"args": dict(call.arguments)}


@TABLE.method("auth.test")
def auth_test(workspace: Workspace, call: Call) -> Json:
    """Say whose token this is."""
    return {
        "url": call.origin + "/",
        "team": workspace.names.name,
        "user": BOT_NAME,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@TABLE.method("apps.connections.open")
def connections_open(workspace: Workspace, call: Call) -> Json:
    """Hand out the address of one Socket Mode connection."""
    workspace.origin = call.origin
    ticket = workspace.hub.new_ticket()
    return {"url": f"ws{call.origin.removeprefix('http')}/socket-mode/{ticket}"}


@TABLE.method("bots.info")
def bots_info(workspace: Workspace, call: Call) -> Json:
    """Describe the bot."""
    if call.text("bot", BOT_ID) != BOT_ID:
        raise ApiError("bot_not_found")
    return {
        "bot": {
            "id": BOT_ID,
            "deleted": False,
            "name": BOT_NAME,
            "updated": 0,
            "app_id": APP_ID,
            "user_id": BOT_USER_ID,
        }
    }
