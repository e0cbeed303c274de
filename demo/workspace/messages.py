"""What the workspace keeps: messages, files and views, as plain frozen records."""

from dataclasses import dataclass, field

from demo.workspace.json_types import Json


@dataclass(frozen=True)
class Reaction:
    """One emoji under a message and who set it."""

    name: str
    users: tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """Where a file was posted."""

    channel: str
    ts: str
    thread_ts: str | None


@dataclass(frozen=True)
class StoredFile:
    """An uploaded file with its bytes; sizes of pictures are in pixels, 0 for other files.

    Slack looks at an upload for a moment after it is complete; before that it is not `ready`.
    """

    id: str
    name: str
    title: str
    mimetype: str
    filetype: str
    user: str
    created: int
    content: bytes = field(repr=False)
    alt_text: str = ""
    width: int = 0
    height: int = 0
    shares: tuple[Share, ...] = ()
    ready: bool = True

    @property
    def size(self) -> int:
        """The file's length in bytes."""
        return len(self.content)


@dataclass(frozen=True)
class Message:
    """One message of a channel; `ephemeral_to` names the only person who sees it."""

    ts: str
    channel: str
    author: str
    text: str
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    file_ids: tuple[str, ...] = ()
    thread_ts: str | None = None
    broadcast: bool = False
    edited_ts: str | None = None
    ephemeral_to: str | None = None
    reactions: tuple[Reaction, ...] = ()
    metadata: Json | None = None


@dataclass(frozen=True)
class View:
    """A modal or a Home tab as one person sees it."""

    id: str
    person: str
    type: str
    blocks: tuple[Json, ...]
    title: Json | None
    submit: Json | None
    close: Json | None
    private_metadata: str
    callback_id: str
    external_id: str
    notify_on_close: bool
    clear_on_close: bool
    hash: str
    root_id: str
    previous_id: str | None
    values: Json
