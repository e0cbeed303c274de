"""Who asked, and where the answer goes. All ids are opaque to backend."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a workspace."""

    workspace: str
    user: str


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a workspace, or one thread in it."""

    workspace: str
    channel: str
    thread: str | None = None
