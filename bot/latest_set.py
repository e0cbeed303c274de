"""Which of the pictures that somebody posted one after another are of the same thing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.asks import FileInfo

_WHOLE_SET = 5
"""Pictures in one message that nobody needs to add to: as many as people are asked for."""
_PAUSE = 120.0
"""Seconds between messages, up to which they are taken to be about the same thing."""


@dataclass(frozen=True)
class Posted:
    """The pictures of one message, at least one."""

    at: float
    """When it was posted, in seconds since 1970."""
    files: tuple[FileInfo, ...]


def latest_set(posted: Sequence[Posted]) -> tuple[FileInfo, ...]:
    """Return the pictures of the last message, and of those before it that belong to it.

    A telephone may post five pictures in five messages, so what came shortly before is taken
    too. It is not where a message was a whole set by itself: that was another thing.
    """
    chosen: list[FileInfo] = []
    after: Posted | None = None
    for one in reversed(posted):
        if after is not None and (
            after.at - one.at > _PAUSE or max(len(one.files), len(after.files)) >= _WHOLE_SET
        ):
            break
        chosen[:0] = one.files
        after = one
    return tuple(chosen)
