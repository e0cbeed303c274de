"""Real `figment worker` processes: started, watched by their logs, stopped and killed."""

import ast
import asyncio
import multiprocessing
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from backend.drawer import engine_cache
from backend.settings import BackendSettings
from bot.cli.main import main

ROOT = Path(__file__).parents[1]
PATIENCE = 1200
"""Seconds after which a test gives up; far more than it takes on a machine with other work."""
_VALUE = re.compile(r"(\w+)=('(?:[^'\\]|\\.)*'|\S+)")


def worker_settings(
    data: Path, base: Path, cache: Path, database_url: str = "", lease: float = 10.0
) -> BackendSettings:
    """Return settings of workers that look around often, with the base exported in `cache`."""
    settings = BackendSettings(
        _env_file=None,
        data=data,
        base=str(base),
        database_url=database_url,
        lease_seconds=lease,
        tick_seconds=0.1,
    )
    data.mkdir(exist_ok=True)
    cache.mkdir(exist_ok=True)
    if not engine_cache(settings).exists():
        engine_cache(settings).symlink_to(cache)
    return settings


class WorkerProcess:
    """One `figment worker`, or the like; it ends with the tests."""

    def __init__(
        self,
        settings: BackendSettings,
        log: Path,
        command: Sequence[str] = (sys.executable, "-m", "bot", "worker"),
    ) -> None:
        self.log = log
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("FIGMENT_", "SLACK_"))
        }
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "backend.leash", "10", *command],
                # Elsewhere, so that no .env of the checkout is read.
                cwd=log.parent,
                env=kept | {"PYTHONPATH": str(ROOT)} | _environment(settings),
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether it has begun to look for pictures."""
        return any(event["event"] == "engine_ready" for event in self.events())

    def kill(self) -> None:
        """End it at once, by SIGKILL."""
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        """Ask it to end, once: a second signal would meet a process that is taken apart."""
        self.send(signal.SIGTERM)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        return self._process.wait()

    async def tells(self, *events: str) -> None:
        """Wait until it has logged one of `events`."""
        async with asyncio.timeout(PATIENCE):
            while not any(  # noqa: ASYNC110 - another process sets no event
                one["event"] in events for one in self.events()
            ):
                await asyncio.sleep(0.1)

    def events(self) -> list[dict[str, object]]:
        """Return what it has logged so far, without lines that are no events."""
        return [
            found
            for line in self.log.read_text("utf-8", "replace").splitlines()
            if "event" in (found := dict(_values(line)))
        ]


class ForkedWorker(WorkerProcess):
    """The same command, forked from a process that has imported torch and OpenVINO before.

    Importing them is most of a worker's start and has nothing to do with the queue.
    """

    def __init__(self, settings: BackendSettings, log: Path) -> None:
        self.log = log
        log.touch()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["backend.engine", "backend.worker", "bot.cli.main"])
        self._forked = context.Process(
            target=_become_worker, args=(log, _environment(settings)), daemon=True
        )
        self._forked.start()

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self._forked.is_alive()

    def kill(self) -> None:
        """End it at once, by SIGKILL."""
        self._forked.kill()
        self._forked.join()

    def terminate(self) -> None:
        """Ask it to end, once."""
        self._forked.terminate()

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        self._forked.join()
        return self._forked.exitcode or 0


def _become_worker(log: Path, environment: dict[str, str]) -> None:
    """Be `figment worker`, in a process that is to be nothing else."""
    for name in [name for name in os.environ if name.startswith(("FIGMENT_", "SLACK_"))]:
        del os.environ[name]
    os.environ.update(environment)
    os.chdir(log.parent)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = ["figment", "worker"]
    main()


def _values(line: str) -> Iterator[tuple[str, object]]:
    for name, value in _VALUE.findall(line):
        try:
            yield name, ast.literal_eval(value)
        except (ValueError, SyntaxError):
            yield name, value


def _environment(settings: BackendSettings) -> dict[str, str]:
    wanted = {
        "data": settings.data.absolute(),
        "database_url": settings.url,
        "base": settings.base,
        "lease_seconds": settings.lease_seconds,
        "tick_seconds": settings.tick_seconds,
    }
    return {f"FIGMENT_{name.upper()}": str(value) for name, value in wanted.items()} | {
        "OMP_NUM_THREADS": "1"
    }


class Pool:
    """So many workers at once; whoever is killed is replaced at once."""

    def __init__(
        self,
        settings: BackendSettings,
        logs: Path,
        size: int,
        kind: type[WorkerProcess] = WorkerProcess,
    ) -> None:
        self._kind = kind
        self._settings = settings
        self._logs = logs
        logs.mkdir(exist_ok=True)
        self.all: list[WorkerProcess] = []
        self.alive: list[WorkerProcess] = []
        for _ in range(size):
            self._add()

    async def ready(self, count: int) -> list[WorkerProcess]:
        """Wait until `count` workers have loaded the base model; return those that have."""
        async with asyncio.timeout(PATIENCE):
            while len(ready := [one for one in self.alive if one.is_ready]) < count:
                ended = [one for one in self.alive if not one.lives]
                assert not ended, (ended[0].wait(), ended[0].log.read_text("utf-8", "replace"))
                await asyncio.sleep(0.1)
        return ready

    def kill(self, worker: WorkerProcess) -> None:
        """Kill a worker, and start another."""
        worker.kill()
        self.alive.remove(worker)
        self._add()

    def stop(self) -> list[int]:
        """Stop all that live; return their exit codes."""
        for worker in self.alive:
            worker.terminate()
        codes = [worker.wait() for worker in self.alive]
        self.alive = []
        return codes

    def count(self, event: str) -> int:
        """Return how often the workers have logged `event`."""
        return sum(one["event"] == event for worker in self.all for one in worker.events())

    def _add(self) -> None:
        worker = self._kind(self._settings, self._logs / f"worker-{len(self.all)}.log")
        self.all.append(worker)
        self.alive.append(worker)
