"""Who asked, and where the answer goes. All ids are opaque to backend."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a workspace."""

    workspace: str
    user: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of somebody's part in a workspace. The caller finds out, backend judges.

    A stranger belongs to another workspace, a guest to this one with less rights. `is_direct`:
    they ask in a channel of their own with the bot, which no list of channels is about. An operator
    has the machine itself, and so everything on it.
    """

    is_admin: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_direct: bool = False
    is_operator: bool = False


MEMBER = Standing()
"""Anybody of the workspace."""
OPERATOR = Standing(is_admin=True, is_direct=True, is_operator=True)
"""Whoever is at the command line."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks, in a channel (empty: in none)."""

    person: Person
    standing: Standing = MEMBER
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a workspace, or one thread in it."""

    workspace: str
    channel: str
    thread: str | None = None
