"""reactions.*: add, remove, get."""

import re
from dataclasses import replace

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import BOT_USER_ID
from demo.workspace.messages import Message, Reaction
from demo.workspace.rendering import message_json
from demo.workspace.web_api.call import Call, MethodTable
from demo.workspace.web_api.channels import joined_channel
from demo.workspace.workspace import Workspace

TABLE = MethodTable()
_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


@TABLE.method("reactions.add")
def add(workspace: Workspace, call: Call) -> Json:
    """Put the bot's emoji under a message."""
    message = _message(workspace, call)
    name = _name(call)
    users = {one.name: one.users for one in message.reactions}
    if BOT_USER_ID in users.get(name, ()):
        raise ApiError("already_reacted")
    users[name] = (*users.get(name, ()), BOT_USER_ID)
    _put(workspace, message, users)
    return {}


@TABLE.method("reactions.remove")
def remove(workspace: Workspace, call: Call) -> Json:
    """Take the bot's emoji away."""
    message = _message(workspace, call)
    name = _name(call)
    users = {one.name: one.users for one in message.reactions}
    if BOT_USER_ID not in users.get(name, ()):
        raise ApiError("no_reaction")
    users[name] = tuple(one for one in users[name] if one != BOT_USER_ID)
    _put(workspace, message, users)
    return {}


@TABLE.method("reactions.get")
def get(workspace: Workspace, call: Call) -> Json:
    """Return a message with its emoji."""
    message = _message(workspace, call)
    shown = message_json(workspace.team, message, call.origin)
    return {"type": "message", "channel": message.channel, "message": shown}


def _name(call: Call) -> str:
    name = call.required("name").strip(":")
    if not _NAME.fullmatch(name):
        raise ApiError("invalid_name")
    return name


def _message(workspace: Workspace, call: Call) -> Message:
    channel = joined_channel(workspace, call)
    message = workspace.team.message(channel.id, call.required("timestamp"))
    if message is None or message.ephemeral_to is not None:
        raise ApiError("message_not_found")
    return message


def _put(workspace: Workspace, message: Message, users: dict[str, tuple[str, ...]]) -> None:
    reactions = tuple(Reaction(name, who) for name, who in users.items() if who)
    workspace.team.put(replace(message, reactions=reactions))
