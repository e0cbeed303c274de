"""The clockwork of `figment serve`: ticks for jobs and leases, and the local workers."""

import asyncio
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backend.clock import utc_now
from backend.layout import DataFolder
from backend.settings import BackendSettings
from backend.sole import SoleOwner
from backend.supervisor import Supervisor
from backend.tidying import Tidying
from backend.trainings import Trainings

_TICKS_A_LEASE = 4
_LEFTOVERS_SECONDS, _VAIN_SECONDS = 3600, 60


class Dispatcher:
    """Starts and stops everything that goes on by itself. One for each data folder."""

    def __init__(
        self,
        folder: DataFolder,
        trainings: Trainings,
        tidying: Tidying,
        settings: BackendSettings,
        supervisor: Supervisor | None = None,
    ) -> None:
        self._trainings = trainings
        self._tidying = tidying
        self._settings = settings
        self._supervisor = supervisor
        self._scheduler: AsyncIOScheduler | None = None
        self._expiring = asyncio.Lock()
        self._in_order = asyncio.Lock()
        self._sole = SoleOwner(folder.root / "serve.lock")

    async def start(self) -> None:
        """Begin; jobs that another process left behind are adopted by the first tick.

        Raises BackendError (already_running) if another dispatcher has this data folder.
        """
        self._sole.acquire()
        every = self._settings.tick_seconds
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        _add(self._scheduler, self._trainings.tick, every)
        _add(
            self._scheduler,
            self._expire_leases,
            min(5.0, self._settings.lease_seconds / _TICKS_A_LEASE),
        )
        _add(self._scheduler, self._remove_leftovers, _LEFTOVERS_SECONDS)
        _add(self._scheduler, self._end_what_waits_for_nothing, _VAIN_SECONDS)
        self._scheduler.start()
        if self._supervisor is not None:
            self._supervisor.start()

    async def stop(self) -> None:
        """End the ticks and the local workers. Training runs go on and are adopted later.

        Does nothing if it was not started.
        """
        if self._scheduler is None:
            return
        self._scheduler.pause()
        if self._supervisor is not None:
            await self._supervisor.stop()
        await self._trainings.close()
        # The scheduler cuts off what it has begun, and a call to the database that is cut off
        # leaves its connection open.
        async with self._expiring, self._in_order:
            self._scheduler.shutdown(wait=False)
        self._scheduler = None
        # The scheduler takes a turn of the event loop to shut down.
        await asyncio.sleep(0)
        self._sole.release()

    async def _expire_leases(self) -> None:
        async with self._expiring:
            await self._tidying.expire_leases()

    async def _remove_leftovers(self) -> None:
        async with self._in_order:
            await self._tidying.remove_leftovers()

    async def _end_what_waits_for_nothing(self) -> None:
        async with self._in_order:
            await self._tidying.end_renders_of_other_bases()


def _add(scheduler: AsyncIOScheduler, tick: Callable[[], Awaitable[None]], seconds: float) -> None:
    # No misfire grace: a tick that comes late on a busy machine is as good as any.
    scheduler.add_job(
        tick,
        "interval",
        seconds=seconds,
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
        # By the scheduler's own clock: it makes up for every tick that was due before now.
        next_run_time=utc_now(),
    )
