"""Files of pictures that nobody will ever look at again."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from backend.database import Database
from backend.jobs import PictureState
from backend.layout import DataFolder
from backend.leftovers import remove_unfinished
from backend.models import PictureRow

_YOUNG = timedelta(minutes=10)
"""A worker that was in the midst of it has given up, or is about to see that it should."""
_OLD = timedelta(hours=6)
"""What is older was swept already, or will never come."""


class PictureSweep:
    """Removes what workers wrote of pictures that were cancelled, or failed, at that moment."""

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self._database = database
        self._folder = folder

    async def sweep(self, now: datetime) -> int:
        """Remove them; return how many whole pictures there were."""
        async with self._database.reading() as session:
            found = await session.execute(
                select(PictureRow.render_id, PictureRow.position).where(
                    PictureRow.state.in_((PictureState.CANCELLED, PictureState.FAILED)),
                    PictureRow.path.is_(None),
                    PictureRow.ended_at < now - _YOUNG,
                    PictureRow.ended_at > now - _OLD,
                )
            )
            paths = [self._folder.picture(render, position) for render, position in found]
        return await asyncio.to_thread(_remove, paths)


def _remove(paths: Sequence[Path]) -> int:
    count = 0
    for path in paths:
        remove_unfinished(path)
        try:
            path.unlink()
        except OSError:
            # Mostly there never was one; where it cannot be removed, the rest still can.
            continue
        count += 1
    return count
