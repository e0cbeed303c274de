"""Pictures that others are begun from: removed once no picture can be drawn from them again."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.jobs import OPEN_PICTURES, PictureState
from backend.layout import DataFolder
from backend.models import PictureRow
from backend.rows import lock_admission

_YOUNG = timedelta(hours=1)
"""A start is kept before the render that needs it is stored."""
_AGAIN = timedelta(days=1)
"""So long a render that came to nothing can be asked for again from the same picture."""
_AT_ONCE = 500

_SHA256 = PictureRow.recipe["start"]["sha256"].as_string()


class StartStore:
    """Knows which recipes begin from a picture, and removes the files that none needs.

    One is needed by pictures that are not drawn yet, by those whose files are kept, and for a day
    by those that were never drawn or were held back.
    """

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self._database = database
        self._folder = folder

    async def sweep(self, now: datetime) -> int:
        """Remove all starts that are needed no more, and what was left half-written.

        Returns how many.
        """
        old = await asyncio.to_thread(_older_than, self._folder.starts, now - _YOUNG)
        if not old:
            return 0
        async with self._database.reading() as session:
            # Among them are hardly ever any: the look must not take SQLite's write lock.
            needed = await _needed(session, now)
        return await self.release([name for name in old if name not in needed], now)

    async def release(self, names: Collection[str], now: datetime, removed: str = "") -> int:
        """Remove those of `names` (SHA-256) that no picture needs; return how many.

        The pictures of the render `removed` need none.
        """
        count = 0
        for start in range(0, len(names), _AT_ONCE):
            some = list(names)[start : start + _AT_ONCE]
            async with self._database.writing() as session:
                # No render comes in between: whoever adds one keeps its start once more after it.
                await lock_admission(session)
                needed = await _needed(session, now, some, removed)
                paths = [self._folder.start(name) for name in some if name not in needed]
                count += await asyncio.to_thread(_unlink, paths)
        return count


async def _needed(
    session: AsyncSession, now: datetime, among: Collection[str] | None = None, removed: str = ""
) -> frozenset[str]:
    came_to_nothing = or_(PictureRow.state != PictureState.DONE, PictureRow.held_back.is_(True))
    query = (
        select(_SHA256)
        .distinct()
        .where(
            _SHA256.is_not(None),
            PictureRow.render_id != removed,
            or_(
                PictureRow.state.in_(OPEN_PICTURES),
                PictureRow.path.is_not(None),
                and_(came_to_nothing, PictureRow.ended_at > now - _AGAIN),
            ),
        )
    )
    if among is not None:
        query = query.where(_SHA256.in_(among))
    return frozenset(await session.scalars(query))


def _older_than(folder: Path, limit: datetime) -> list[str]:
    """Names of the files that were neither kept nor asked for since `limit`."""
    found = []
    for path in folder.glob("*"):
        try:
            if path.stat().st_mtime < limit.timestamp():
                found.append(path.name)
        except FileNotFoundError:
            continue
    return found


def _unlink(paths: Collection[Path]) -> int:
    count = 0
    for path in paths:
        count += path.exists()
        path.unlink(missing_ok=True)
    return count
