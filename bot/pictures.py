"""Uploads pictures of ours to Slack, each once."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.calls import Calls

_REMEMBERED = 500

_Stamp = tuple[int, int, int]
"""Which file it is that has a path now, and of when."""


@dataclass(frozen=True, slots=True)
class _Shelved:
    """A file in Slack, and the stamp of what was uploaded (None: it was not there any more)."""

    file_id: str
    stamp: _Stamp | None


class PictureShelf:
    """Remembers which picture is which file in Slack. After a restart it uploads once more.

    A path alone says little: the samples of a concept lie where those of a deleted one of the same
    name have lain.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._files: OrderedDict[Path, _Shelved] = OrderedDict()
        self._lost: OrderedDict[str, None] = OrderedDict()

    async def file(self, path: Path, title: str) -> str:
        """Return the id in Slack of a picture."""
        stamp = _stamp(path)
        shelved = self._files.get(path)
        if shelved is None or shelved.stamp != stamp:
            shelved = _Shelved(await self._calls.files.upload(path, title), stamp)
            self._files[path] = shelved
            _shorten(self._files)
        return shelved.file_id

    async def files(self, paths: Mapping[int, Path], title: str) -> dict[int, str]:
        """Return the ids of several pictures."""
        ids: Sequence[str] = await asyncio.gather(
            *(self.file(path, title) for path in paths.values())
        )
        return dict(zip(paths, ids, strict=True))

    def know(self, path: Path, file_id: str) -> None:
        """Take note of a picture that was uploaded before."""
        stamp = _stamp(path)
        shelved = self._files.get(path)
        if file_id not in self._lost and (shelved is None or shelved.stamp != stamp):
            self._files[path] = _Shelved(file_id, stamp)
            _shorten(self._files)

    def forget(self, path: Path) -> str | None:
        """Forget a picture, whose file in Slack is no more; return the id that it had."""
        shelved = self._files.pop(path, None)
        return None if shelved is None else shelved.file_id

    def lose(self, paths: Iterable[Path]) -> None:
        """Upload these again when they are wanted: one of their files is shown no more."""
        for path in paths:
            if (file_id := self.forget(path)) is not None:
                self._lost[file_id] = None
        _shorten(self._lost)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _shorten(remembered: OrderedDict[Any, Any]) -> None:
    while len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)
