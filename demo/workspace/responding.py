"""What a response URL, or the acknowledgement of a command, makes of a message."""

from dataclasses import dataclass, replace

from demo.workspace.blocks import accept_blocks
from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import BOT_USER_ID
from demo.workspace.messages import Message
from demo.workspace.tickets import ResponseTicket
from demo.workspace.workspace import Workspace


@dataclass(frozen=True)
class Response:
    """A response as the app sent it."""

    text: str
    blocks: list[object]
    in_channel: bool
    replace_original: bool
    delete_original: bool
    thread_ts: str | None

    @classmethod
    def from_json(cls, sent: Json) -> "Response":
        """Read a response's fields; ones that were not sent have Slack's defaults."""
        blocks = sent.get("blocks")
        return cls(
            text=str(sent.get("text") or ""),
            blocks=blocks if isinstance(blocks, list) else [],
            in_channel=sent.get("response_type") == "in_channel",
            replace_original=bool(sent.get("replace_original")),
            delete_original=bool(sent.get("delete_original")),
            thread_ts=str(sent["thread_ts"]) if sent.get("thread_ts") else None,
        )


def post_response(workspace: Workspace, ticket: ResponseTicket, response: Response) -> None:
    """Delete or replace the original message, or post a new one.

    Raises:
        ApiError: the response has nothing to show, or its blocks are not valid.
    """
    team = workspace.team
    original = team.message(ticket.channel, ticket.original_ts) if ticket.original_ts else None
    if response.delete_original:
        if original is not None:
            workspace.delete(original)
        return
    blocks = accept_blocks(response.blocks, team)
    if not response.text.strip() and not blocks:
        raise ApiError("no_text")
    if response.replace_original and original is not None and original.author == BOT_USER_ID:
        workspace.edit(original, replace(original, text=response.text, blocks=blocks))
        return
    message = workspace.post(
        Message(
            ts=team.next_ts(),
            channel=ticket.channel,
            author=BOT_USER_ID,
            text=response.text,
            blocks=blocks,
            thread_ts=response.thread_ts,
            ephemeral_to=None if response.in_channel else ticket.person,
        )
    )
    if ticket.original_ts is None:
        ticket.original_ts = message.ts
