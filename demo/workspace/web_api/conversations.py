"""conversations.*: channels, their history and their threads."""

from dataclasses import replace

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import BOT_USER_ID
from demo.workspace.messages import Message
from demo.workspace.rendering import channel_json, message_json
from demo.workspace.web_api.call import Call, MethodTable
from demo.workspace.web_api.channels import channel_for, joined_channel
from demo.workspace.web_api.paging import page_of
from demo.workspace.workspace import Workspace

TABLE = MethodTable()


@TABLE.method("conversations.info")
def info(workspace: Workspace, call: Call) -> Json:
    """Describe one channel."""
    channel = channel_for(workspace, call)
    shown = channel_json(channel)
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


@TABLE.method("conversations.list")
def listing(workspace: Workspace, call: Call) -> Json:
    """List the channels of the wanted types."""
    kinds = call.text("types", "public_channel").split(",")
    channels = [
        one
        for one in workspace.team.channels.values()
        if ("im" if one.is_im else "public_channel") in kinds
    ]
    page = page_of(channels, call)
    return {"channels": [channel_json(one) for one in page.items], **page.metadata}


@TABLE.method("conversations.members")
def members(workspace: Workspace, call: Call) -> Json:
    """List who is in a channel."""
    page = page_of(channel_for(workspace, call).members, call)
    return {"members": list(page.items), **page.metadata}


@TABLE.method("conversations.join")
def join(workspace: Workspace, call: Call) -> Json:
    """Make the bot a member of a channel."""
    channel = channel_for(workspace, call)
    if channel.is_im:
        raise ApiError("method_not_supported_for_channel_type")
    if BOT_USER_ID not in channel.members:
        channel = replace(channel, members=(*channel.members, BOT_USER_ID))
        workspace.team.channels[channel.id] = channel
    return {"channel": channel_json(channel)}


@TABLE.method("conversations.open")
def open_direct_message(workspace: Workspace, call: Call) -> Json:
    """Return the direct message between the bot and a person."""
    if call.has("channel"):
        channel = channel_for(workspace, call)
    else:
        people = call.required("users").split(",")
        if len(people) != 1:
            raise ApiError("method_not_supported_for_channel_type")
        found = workspace.team.channel_of(people[0])
        if found is None or not found.is_im:
            raise ApiError("user_not_found")
        channel = found
    shown = channel_json(channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown, "no_op": True, "already_open": True}


@TABLE.method("conversations.history")
def history(workspace: Workspace, call: Call) -> Json:
    """Return a channel's messages, the latest first; replies are in their threads."""
    channel = joined_channel(workspace, call)
    found = [
        one
        for one in reversed(workspace.team.messages(channel.id))
        if one.ephemeral_to is None
        and (one.thread_ts is None or one.broadcast)
        and _in_range(one, call)
    ]
    return _messages(workspace, call, found)


@TABLE.method("conversations.replies")
def replies(workspace: Workspace, call: Call) -> Json:
    """Return a thread: its first message, then the replies, oldest first."""
    channel = joined_channel(workspace, call)
    named = workspace.team.message(channel.id, call.required("ts"))
    if named is None or named.ephemeral_to is not None:
        raise ApiError("thread_not_found")
    root = workspace.team.message(channel.id, named.thread_ts or named.ts)
    found = [
        one
        for one in workspace.team.replies(channel.id, named.thread_ts or named.ts)
        if _in_range(one, call)
    ]
    return _messages(workspace, call, [*([root] if root else []), *found])


def _in_range(message: Message, call: Call) -> bool:
    oldest, latest = call.text("oldest", "0"), call.text("latest") or "9999999999"
    try:
        ts, first, last = float(message.ts), float(oldest), float(latest)
    except ValueError as error:
        raise ApiError("invalid_ts_oldest") from error
    if call.flag("inclusive"):
        return first <= ts <= last
    return first < ts < last


def _messages(workspace: Workspace, call: Call, found: list[Message]) -> Json:
    page = page_of(found, call)
    shown = [message_json(workspace.team, one, call.origin) for one in page.items]
    if not call.flag("include_all_metadata"):
        for one in shown:
            one.pop("metadata", None)
    more = bool(page.cursor)
    return {
        "messages": shown,
        "has_more": more,
        "pin_count": 0,
        **(page.metadata if more else {}),
    }
