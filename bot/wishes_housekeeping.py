"""What a person can want of concepts that are there, and of Figment itself."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rename(_Wish):
    """Give a concept another name."""

    kind: Literal["rename"] = "rename"
    old: str
    new: str


class Delete(_Wish):
    """Remove a concept. It is asked back once, unless `sure`."""

    kind: Literal["delete"] = "delete"
    name: str
    sure: bool = False


class Export(_Wish):
    """Get a concept as a file."""

    kind: Literal["export"] = "export"
    name: str


class Import(_Wish):
    """Take over a file, as a concept called `name`; empty for what the file says."""

    kind: Literal["import"] = "import"
    name: str = ""
    style: bool = False


class Versions(_Wish):
    """See the versions of a concept."""

    kind: Literal["versions"] = "versions"
    name: str


class UseVersion(_Wish):
    """Draw with a certain version of a concept."""

    kind: Literal["use"] = "use"
    name: str
    version: int


class Retrain(_Wish):
    """Learn a concept once more."""

    kind: Literal["retrain"] = "retrain"
    name: str


EVERYONE, HERE = "everyone", "here"
"""With whom a concept can be shared, besides a channel and a person by id."""


class ShareConcept(_Wish):
    """Let `whom` have a concept: EVERYONE, HERE (the channel of the ask), `#` and a channel's id,
    `@` and a person's.
    """

    kind: Literal["share"] = "share"
    name: str
    whom: str


class MakePrivate(_Wish):
    """Keep a concept to its owner."""

    kind: Literal["private"] = "private"
    name: str


class ShowStatus(_Wish):
    """See how busy everything is."""

    kind: Literal["status"] = "status"


class ShowSettings(_Wish):
    """See one's own defaults."""

    kind: Literal["settings"] = "settings"


class Pause(_Wish):
    """Have jobs wait (`paused`), or begin again."""

    kind: Literal["pause"] = "pause"
    paused: bool


class Drain(_Wish):
    """Take nothing new (`draining`), or take it again."""

    kind: Literal["drain"] = "drain"
    draining: bool


Housekeeping = (
    Rename
    | Delete
    | Export
    | Import
    | Versions
    | UseVersion
    | Retrain
    | ShareConcept
    | MakePrivate
    | ShowStatus
    | ShowSettings
    | Pause
    | Drain
)
