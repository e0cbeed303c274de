"""files.*: the external upload flow, info and delete."""

import secrets
from dataclasses import replace

from demo.workspace.blocks import accept_blocks
from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import BOT_USER_ID
from demo.workspace.messages import Message, StoredFile
from demo.workspace.rendering import file_info_json, file_json
from demo.workspace.state import new_id
from demo.workspace.tickets import UploadSlot
from demo.workspace.web_api.call import Call, MethodTable
from demo.workspace.web_api.channels import joined, thread_root
from demo.workspace.workspace import Workspace

TABLE = MethodTable()
_LONGEST_DESCRIPTION = 1000


@TABLE.method("files.getUploadURLExternal")
def get_upload_url(workspace: Workspace, call: Call) -> Json:
    """Announce an upload; the URL takes the bytes once."""
    name = call.required("filename")
    length = call.number("length", 0)
    if length <= 0:
        raise ApiError("invalid_arguments", "must be greater than 0 [json-pointer:/length]")
    description = call.text("alt_txt")
    if len(description) > _LONGEST_DESCRIPTION:
        raise ApiError("alt_txt_too_large")
    ticket = secrets.token_urlsafe(24)
    slot = UploadSlot(new_id("F"), name, length, description)
    workspace.slots[ticket] = slot
    return {"upload_url": f"{call.origin}/upload/{ticket}", "file_id": slot.file_id}


@TABLE.method("files.completeUploadExternal")
def complete_upload(workspace: Workspace, call: Call) -> Json:
    """Finish uploads; the message with the files appears a moment after the answer."""
    received = _received(workspace, call)
    channel_ids = [call.text("channel_id"), *call.text("channels").split(",")]
    channels = {joined(workspace, one).id for one in channel_ids if one}
    roots = {one: thread_root(workspace, one, call.text("thread_ts")) for one in channels}
    comment = call.text("initial_comment")
    blocks = accept_blocks(call.items("blocks", "invalid_blocks_format"), workspace.team)
    for stored in received:
        del workspace.received[stored.id]
        workspace.team.files[stored.id] = replace(stored, ready=False)
    file_ids = tuple(stored.id for stored in received)

    def finish() -> None:
        for file_id in file_ids:
            held = workspace.team.files.get(file_id)
            if held is not None:
                workspace.team.files[file_id] = replace(held, ready=True)
        left = tuple(one for one in file_ids if one in workspace.team.files)
        if not left:
            return
        for channel, root in roots.items():
            workspace.post(
                Message(
                    ts=workspace.team.next_ts(),
                    channel=channel,
                    author=BOT_USER_ID,
                    text=comment,
                    blocks=() if comment else blocks,
                    file_ids=left,
                    thread_ts=root,
                )
            )

    workspace.later(workspace.patience.file_ready, finish)
    shown = workspace.team.files_of(file_ids)
    return {"files": [file_json(one, call.origin) for one in shown]}


@TABLE.method("files.info")
def info(workspace: Workspace, call: Call) -> Json:
    """Describe a file and where it was shared."""
    stored = _file(workspace, call)
    return {
        "file": file_info_json(stored, call.origin),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


@TABLE.method("files.delete")
def delete(workspace: Workspace, call: Call) -> Json:
    """Delete one of the bot's files."""
    stored = _file(workspace, call)
    if stored.user != BOT_USER_ID:
        raise ApiError("cant_delete_file")
    workspace.team.remove_file(stored.id)
    return {}


def _file(workspace: Workspace, call: Call) -> StoredFile:
    stored = workspace.team.files.get(call.required("file"))
    if stored is None or not workspace.team.bot_sees(stored):
        raise ApiError("file_not_found")
    return stored


def _received(workspace: Workspace, call: Call) -> list[StoredFile]:
    named = call.items("files", "invalid_arguments")
    if not named:
        raise ApiError("invalid_arguments", "missing required field: files")
    found: list[StoredFile] = []
    for one in named:
        stored = workspace.received.get(str(one.get("id"))) if isinstance(one, dict) else None
        if stored is None or not isinstance(one, dict):
            raise ApiError("file_not_found")
        found.append(replace(stored, title=str(one.get("title") or stored.title)))
    return found
