"""Uploads pictures of ours to Slack, each once."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.calls import Calls

_REMEMBERED = 500


class PictureShelf:
    """Remembers which picture is which file in Slack. After a restart it uploads once more."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._files: OrderedDict[Path, str] = OrderedDict()

    async def file(self, path: Path, title: str) -> str:
        """Return the id in Slack of a picture."""
        if path not in self._files:
            self._files[path] = await self._calls.upload(path, title)
            while len(self._files) > _REMEMBERED:
                self._files.popitem(last=False)
        return self._files[path]

    async def files(self, paths: Mapping[int, Path], title: str) -> dict[int, str]:
        """Return the ids of several pictures."""
        ids: Sequence[str] = await asyncio.gather(
            *(self.file(path, title) for path in paths.values())
        )
        return dict(zip(paths, ids, strict=True))

    def know(self, path: Path, file_id: str) -> None:
        """Take note of a picture that was uploaded before."""
        self._files.setdefault(path, file_id)

    def forget(self, path: Path) -> str | None:
        """Forget a picture, whose file in Slack is no more; return the id that it had."""
        return self._files.pop(path, None)
