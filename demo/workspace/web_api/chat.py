"""chat.*: post, update, delete, ephemeral, permalink."""

from dataclasses import replace

from demo.workspace.blocks import accept_blocks
from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import BOT_USER_ID, Channel
from demo.workspace.messages import Message
from demo.workspace.rendering import message_json
from demo.workspace.web_api.call import Call, MethodTable
from demo.workspace.web_api.channels import channel_for, joined_channel, thread_root
from demo.workspace.workspace import Workspace

TABLE = MethodTable()
LONGEST_TEXT = 40_000
_LONGEST_EDIT = 4000
"""In bytes: some 4,000 were seen to be the most that Slack takes in an edit."""


def _content(workspace: Workspace, call: Call) -> tuple[str, tuple[Json, ...], tuple[Json, ...]]:
    blocks = accept_blocks(call.items("blocks", "invalid_blocks_format"), workspace.team)
    attachments = call.items("attachments", "invalid_attachments") or []
    kept = tuple(one for one in attachments if isinstance(one, dict))
    text = call.text("text") or call.text("markdown_text")
    if not text.strip() and not blocks and not kept:
        raise ApiError("no_text")
    if len(text) > LONGEST_TEXT:
        raise ApiError("msg_too_long")
    return text, blocks, kept


@TABLE.method("chat.postMessage")
def post_message(workspace: Workspace, call: Call) -> Json:
    """Post a message as the bot."""
    channel = joined_channel(workspace, call)
    text, blocks, attachments = _content(workspace, call)
    message = Message(
        ts=workspace.team.next_ts(),
        channel=channel.id,
        author=BOT_USER_ID,
        text=text,
        blocks=blocks,
        attachments=attachments,
        thread_ts=thread_root(workspace, channel.id, call.text("thread_ts")),
        broadcast=call.flag("reply_broadcast"),
        metadata=call.mapping("metadata", "invalid_metadata_format"),
    )
    workspace.post(message)
    shown = message_json(workspace.team, message, call.origin)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


@TABLE.method("chat.postEphemeral")
def post_ephemeral(workspace: Workspace, call: Call) -> Json:
    """Post a message that only one person sees."""
    channel = joined_channel(workspace, call)
    person = call.required("user")
    if person not in channel.members:
        raise ApiError("user_not_in_channel")
    text, blocks, attachments = _content(workspace, call)
    message = Message(
        ts=workspace.team.next_ts(),
        channel=channel.id,
        author=BOT_USER_ID,
        text=text,
        blocks=blocks,
        attachments=attachments,
        thread_ts=thread_root(workspace, channel.id, call.text("thread_ts")),
        ephemeral_to=person,
    )
    workspace.post(message)
    return {"message_ts": message.ts}


@TABLE.method("chat.update")
def update(workspace: Workspace, call: Call) -> Json:
    """Edit one of the bot's messages; blocks and attachments that are not sent stay."""
    channel = channel_for(workspace, call)
    before = _own(workspace, channel, call.required("ts"), "cant_update_message")
    text, blocks, attachments = _content(workspace, call)
    if len(text.encode()) > _LONGEST_EDIT:
        raise ApiError("msg_too_long")
    after = replace(before, text=text)
    if call.has("blocks"):
        after = replace(after, blocks=blocks)
    if call.has("attachments"):
        after = replace(after, attachments=attachments)
    if call.has("metadata"):
        after = replace(after, metadata=call.mapping("metadata", "invalid_metadata_format"))
    after = workspace.edit(before, after)
    shown = message_json(workspace.team, after, call.origin)
    return {"channel": channel.id, "ts": after.ts, "text": after.text, "message": shown}


@TABLE.method("chat.delete")
def delete(workspace: Workspace, call: Call) -> Json:
    """Delete one of the bot's messages."""
    channel = channel_for(workspace, call)
    message = _own(workspace, channel, call.required("ts"), "cant_delete_message")
    workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@TABLE.method("chat.getPermalink")
def permalink(workspace: Workspace, call: Call) -> Json:
    """Return the address of a message."""
    channel = channel_for(workspace, call)
    ts = call.required("message_ts")
    if workspace.team.message(channel.id, ts) is None:
        raise ApiError("message_not_found")
    address = f"{call.origin}/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": address}


def _own(workspace: Workspace, channel: Channel, ts: str, refusal: str) -> Message:
    message = workspace.team.message(channel.id, ts)
    if message is None or message.ephemeral_to is not None:
        raise ApiError("message_not_found")
    if message.author != BOT_USER_ID:
        raise ApiError(refusal)
    return message
