"""Keeps the local rendering processes running: starts, restarts with pauses, stops them."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Mapping, Sequence

import structlog

from backend.policy import restart_pause

_log = structlog.get_logger(__name__)

_NICE = "10"
"""Pictures may take a little longer; whoever talks to people may not."""
_HEALTHY_SECONDS = 60.0
"""A process that lived so long did not die of how it was started."""


def ended_by(code: int | None) -> str:
    """Say what the exit code of a worker means; None if it could not be started."""
    if code is None:
        return "it could not be started"
    if code == 0:
        return "it was asked to end"
    if code == -signal.SIGKILL:
        return "it was killed, by the system if memory ran out: see dmesg"
    if code < 0:
        return f"of {signal.Signals(-code).name}"
    return "its log says why"


class Supervisor:
    """Runs `count` processes of `argv` until it is stopped.

    `further` has what is added to it for each, in turns where there are more processes. `env` is
    the whole environment of the processes (None: ours). One that is told to stop gets
    `grace_seconds`: a worker finishes its sampling step first, seconds with a large model. They
    end with us even when we are killed, where the system can see to that (Linux).
    """

    def __init__(
        self,
        argv: Sequence[str],
        count: int,
        env: Mapping[str, str] | None = None,
        grace_seconds: float = 30.0,
        further: Sequence[Sequence[str]] = ((),),
    ) -> None:
        self._argv = (sys.executable, "-P", "-m", "backend.leash", _NICE, *argv)
        self._count = count
        self._further = further
        self._env = None if env is None else dict(env)
        self._grace = grace_seconds
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the processes; returns at once."""
        self._tasks = [
            asyncio.create_task(self._keep_one(number), name=f"worker {number}")
            for number in range(self._count)
        ]

    async def stop(self) -> None:
        """End the processes: politely, and after the grace period for good."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _keep_one(self, number: int) -> None:
        quick_failures = 0
        while True:
            began = time.monotonic()
            code = await self._run_once(number)
            lived = time.monotonic() - began
            quick_failures = 0 if lived > _HEALTHY_SECONDS else quick_failures + 1
            pause = restart_pause(quick_failures)
            _log.warning(
                "worker_ended",
                worker=number,
                code=code,
                why=ended_by(code),
                again_in=pause.total_seconds(),
            )
            await asyncio.sleep(pause.total_seconds())

    async def _run_once(self, number: int) -> int | None:
        """Start a process and wait for its end; return its exit code, None if it cannot start."""
        try:
            argv = (*self._argv, *self._further[number % len(self._further)])
            process = await asyncio.create_subprocess_exec(*argv, env=self._env)
        except OSError as error:
            _log.warning("worker_not_started", worker=number, error=str(error))
            return None
        _log.info("worker_started", worker=number, pid=process.pid)
        try:
            return await process.wait()
        finally:
            await self._end(process)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self._grace)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
