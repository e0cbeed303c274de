"""Training jobs from the queue to their concept: load, act, apply.

Each tick reads the jobs this process is responsible for, looks at their runs in threads, and
writes what came of it in one short transaction each. Nothing is remembered between ticks except
which jobs are just being begun, so a process that is started again goes on where another stopped.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, Protocol, TypeVar

import structlog

from backend.base import Base, BaseShelf
from backend.clock import Clock, utc_now
from backend.errors import BackendError
from backend.jobs import JobState
from backend.notes import of_host
from backend.policy import job_is_retried
from backend.runs import Look
from backend.settings import BackendSettings
from backend.store import Store
from backend.store_concepts import NewConcept
from backend.views import Failure, JobView
from cluster.errors import ClusterError
from cluster.fit_hosts import LeftOutHost
from cluster.spec import TrainSpec
from cluster.verdict import FailureReason, Verdict

_log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class JobRuns(Protocol):
    """What is needed of the runs of jobs: see `backend.runs.Runs`."""

    def prepare(self, job: JobView, base: Base) -> TrainSpec:
        """Make the folder of a job's run."""

    def launch(self, job_id: str) -> tuple[LeftOutHost, ...]:
        """Start what was prepared; returns the hosts that are left out."""

    def was_launched(self, job_id: str) -> bool:
        """Tell whether it was started ever."""

    def look(self, job_id: str, now: float) -> Look:
        """Return how far it is, and how it ended."""

    def keep(self, job_id: str) -> None:
        """Ask it to end with what it has learned."""

    def stop(self, job_id: str) -> int:
        """End its processes; returns how many are left."""

    def collect(self, job: JobView, version: int) -> NewConcept:
        """Copy what it has learned to its place."""


class Trainings:
    """Moves training jobs on, a little each `tick`."""

    def __init__(
        self,
        store: Store,
        base: BaseShelf,
        runs: JobRuns,
        settings: BackendSettings,
        holder: str,
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._base = base
        self._runs = runs
        self._settings = settings
        self._holder = holder
        self._now = clock
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._tick = asyncio.Lock()
        self._beginning: dict[str, asyncio.Task[None]] = {}

    async def tick(self) -> None:
        """Look after the jobs in hand, then fill free slots from the queue."""
        async with self._tick:
            # Whose beginning ends while the database is asked is seen as it was before that.
            beginning = frozenset(self._beginning)
            for job in await self._store.jobs.hold(self._holder, self._now(), self._lease):
                if job.id not in beginning:
                    await self._look_into(job)
            while (
                job_or_none := await self._store.jobs.take(
                    self._holder, self._now(), self._lease, self._settings.slots
                )
            ) is not None:
                self._begin_in_background(job_or_none)

    async def close(self) -> None:
        """Wait for the tick and the beginnings in progress. Runs go on."""
        async with self._tick:
            await asyncio.gather(*self._beginning.values())

    async def _look_into(self, job: JobView) -> None:
        try:
            try:
                await self._move_on(job)
            except _JobTroubleError as trouble:
                await self._end_badly(job, trouble.failure)
        except Exception:
            # Of the database, or a mistake of ours: the other jobs go on, and the next tick finds
            # this one where it is.
            _log.exception("job_not_moved_on", job=job.id)

    async def _move_on(self, job: JobView) -> None:
        match job.state:
            case JobState.PREPARING:
                await self._adopt(job)
            case JobState.RUNNING:
                await self._look_after(job)
            case JobState.STOPPING:
                left = await _try(self._runs.stop, job.id)
                if left:
                    _log.warning("processes_left", job=job.id, count=left)
                else:
                    await self._store.jobs.stopped(job.id, self._now())

    async def _adopt(self, job: JobView) -> None:
        """Go on with a job that a process which is no more was beginning."""
        if await _try(self._runs.was_launched, job.id):
            await self._store.jobs.launched(job.id, job.max_steps, self._now())
        else:
            self._begin_in_background(job)

    def _begin_in_background(self, job: JobView) -> None:
        task = asyncio.create_task(self._begin(job), name=f"begin {job.id}")
        self._beginning[job.id] = task
        task.add_done_callback(lambda _: self._beginning.pop(job.id, None))

    async def _begin(self, job: JobView) -> None:
        try:
            try:
                base = await self._base.get()
                spec = await _try(self._runs.prepare, job, base)
                there = await self._store.jobs.get(job.id)
                if there is None or there.state is not JobState.PREPARING:
                    return
                left_out = await _try(self._runs.launch, job.id)
                # Cancelled meanwhile: the next tick finds it stopping, and its run with it.
                await self._store.jobs.launched(
                    job.id, spec.max_steps, self._now(), [of_host(one) for one in left_out]
                )
            except _JobTroubleError as trouble:
                await self._end_badly(job, trouble.failure, FailureReason.LAUNCH_FAILED)
            except BackendError as error:
                await self._end_badly(job, _failure_of(error), FailureReason.LAUNCH_FAILED)
        except Exception:
            # As above: the next tick adopts the job if its run was started, else begins it again.
            _log.exception("job_not_begun", job=job.id)

    async def _look_after(self, job: JobView) -> None:
        try:
            look = await asyncio.to_thread(self._runs.look, job.id, self._now().timestamp())
        except OSError as error:
            # A shared folder that hiccups is no verdict on a run that goes on.
            _log.warning("run_not_read", job=job.id, error=str(error))
            return
        except ClusterError as error:
            # Nobody can watch it: it must not go on unseen.
            await _try(self._runs.stop, job.id)
            raise _JobTroubleError(_failure_of(error)) from error
        if look.hosts:
            await self._store.jobs.hosts_seen(job.id, look.hosts, self._now())
        if look.progress is not None:
            await self._store.jobs.progressed(job.id, look.progress, self._now())
        if look.verdict is None:
            if job.keep_asked and not (look.progress and look.progress.evaluating):
                # With every look: it may be another attempt, or a host did not hear it.
                await _try(self._runs.keep, job.id)
            return
        # Also after success: a rank that hangs in its last barrier must not outlive its job.
        left = await _try(self._runs.stop, job.id)
        if left:
            _log.warning("processes_left", job=job.id, count=left)
        if look.verdict.succeeded:
            await self._keep_concept(job)
        else:
            await self._end_badly(job, _failure_from(look.verdict), look.verdict.reason)

    async def _keep_concept(self, job: JobView) -> None:
        version = await self._store.concepts.next_version(job.owner.workspace, job.token)
        concept = await _try(self._runs.collect, job, version)
        await self._store.jobs.succeeded(job.id, concept, self._now())
        _log.info("job_ready", job=job.id, token=job.token, improvement=concept.improvement)

    async def _end_badly(
        self, job: JobView, failure: Failure, reason: FailureReason | None = None
    ) -> None:
        _log.warning(
            "job_failed",
            job=job.id,
            reason=failure.reason,
            error=failure.message,
            host=failure.host,
            log=failure.log,
        )
        retried = reason is not None and job_is_retried(
            reason, job.attempt, self._settings.job_retries
        )
        if retried:
            await self._store.jobs.retried(job.id, self._now())
        else:
            await self._store.jobs.failed(job.id, failure, self._now())


class _JobTroubleError(Exception):
    """Something about the job's folder, pictures or processes; it ends the job."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


async def _try(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call in a thread; what goes wrong in there ends the job (_JobTroubleError).

    Unlike what goes wrong with the database, which says nothing about the job.
    """
    try:
        return await asyncio.to_thread(call, *args, **kwargs)
    except (ClusterError, OSError) as error:
        raise _JobTroubleError(_failure_of(error)) from error
    except Exception as error:
        # A mistake of ours: without this the job would hold its slot for ever.
        _log.exception("run_call_failed", call=call.__qualname__)
        raise _JobTroubleError(_INTERNAL) from error


_INTERNAL = Failure(
    "internal",
    "The job could not go on because of a mistake in Figment.",
    "The log of `figment serve` says more.",
)


def _failure_of(error: ClusterError | BackendError | OSError) -> Failure:
    if isinstance(error, OSError):
        return Failure(
            "disk",
            f"A file of the job could not be read or written: {error.strerror or 'unknown'}.",
            "See whether the disk is full and the data folder writable, then try again.",
        )
    return Failure(str(error.code), error.message, error.hint)


def _failure_from(verdict: Verdict) -> Failure:
    reason = verdict.reason.value if verdict.reason else "unknown"
    return Failure(reason, verdict.message, verdict.hint, verdict.host, verdict.log)
