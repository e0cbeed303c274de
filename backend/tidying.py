"""What is put in order by itself while Figment serves."""

import structlog

from backend.base import BaseShelf
from backend.clock import Clock, utc_now
from backend.errors import BackendError
from backend.store import Store

_log = structlog.get_logger(__name__)


class Tidying:
    """Removes what is needed no more, and ends what would wait for ever."""

    def __init__(self, store: Store, base: BaseShelf, clock: Clock = utc_now) -> None:
        self._store = store
        self._base = base
        self._now = clock

    async def expire_leases(self) -> None:
        """Give others what workers hold that are gone."""
        await self._store.pictures.expire(self._now())

    async def remove_leftovers(self) -> None:
        """Remove files and rows that nobody needs any more."""
        if removed := await self._store.starts.sweep(self._now()):
            _log.info("starts_removed", pictures=removed)
        if removed := await self._store.picture_sweep.sweep(self._now()):
            _log.info("cancelled_pictures_removed", pictures=removed)
        if forgotten := await self._store.inbox.sweep(self._now()):
            _log.info("commands_forgotten", commands=forgotten)

    async def end_renders_of_other_bases(self) -> None:
        """End what waits for a base model that is not in use: no worker would ever draw it."""
        try:
            base = await self._base.get()
        except BackendError:
            return
        if ended := await self._store.pictures.fail_of_other_bases(base.hash, self._now()):
            _log.warning("renders_of_another_base_ended", renders=ended)
