"""Channels and threads that a call names."""

from demo.workspace.faults import ApiError
from demo.workspace.manifest import BOT_USER_ID, Channel
from demo.workspace.scopes import ChannelKind
from demo.workspace.web_api.call import Call
from demo.workspace.workspace import Workspace


def named(workspace: Workspace, name_or_id: str) -> Channel:
    """Return a channel that the bot can see.

    Raises:
        ApiError: there is none such, or it is not public and the bot is not in it.
    """
    channel = workspace.team.channel_of(name_or_id)
    if channel is None:
        raise ApiError("channel_not_found")
    is_public = workspace.controls.kind_of(channel) is ChannelKind.PUBLIC
    if not is_public and BOT_USER_ID not in channel.members:
        raise ApiError("channel_not_found")
    return channel


def joined(workspace: Workspace, name_or_id: str) -> Channel:
    """Return a channel that the bot is a member of.

    Raises:
        ApiError: there is none such, or the bot is not in it.
    """
    channel = named(workspace, name_or_id)
    if BOT_USER_ID not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def channel_for(workspace: Workspace, call: Call) -> Channel:
    """Return the channel that the call's `channel` names.

    Raises:
        ApiError: it is missing or there is none such.
    """
    return named(workspace, call.required("channel"))


def joined_channel(workspace: Workspace, call: Call) -> Channel:
    """Return the channel that the call's `channel` names, with the bot in it.

    Raises:
        ApiError: it is missing, there is none such, or the bot is not in it.
    """
    return joined(workspace, call.required("channel"))


def thread_root(workspace: Workspace, channel: str, thread_ts: str) -> str | None:
    """Return the ts of the thread to answer in; a reply's ts leads to its thread.

    Raises:
        ApiError: there is no such message.
    """
    if not thread_ts:
        return None
    message = workspace.team.message(channel, thread_ts)
    if message is None or message.ephemeral_to is not None:
        raise ApiError("cannot_reply_to_message")
    return message.thread_ts or message.ts
