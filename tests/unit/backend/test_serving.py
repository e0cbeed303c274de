"""What goes on by itself: ticks, local workers, one process for each data folder."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from backend.base import BaseShelf
from backend.dispatcher import Dispatcher
from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState, RenderState
from backend.settings import BackendSettings
from backend.sole import SoleOwner
from backend.store import Store
from backend.supervisor import Supervisor
from backend.tidying import Tidying
from backend.trainings import Trainings
from backend.views import JobView
from tests.backend_story import LEASE, imagine, teach
from tests.fakes import START, FakeClock, FakeRuns

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _until(look: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again until it is so; fail after a time that is far too long."""
    async with asyncio.timeout(300):
        while not await look():  # noqa: ASYNC110 - other processes set no event here
            await asyncio.sleep(0.02)


def _read(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


async def _lines(path: Path, count: int) -> list[str]:
    """Wait until a file has so many lines."""

    async def enough() -> bool:
        return len(_read(path)) >= count

    await _until(enough)
    return _read(path)


def _writes_its_number(path: Path, then: str) -> list[str]:
    script = f"import os, time; open({str(path)!r}, 'a').write(f'{{os.getpid()}}\\n'); {then}"
    return [sys.executable, "-c", script]


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_workers_are_started_and_stopped(tmp_path: Path) -> None:
    supervisor = Supervisor(_writes_its_number(tmp_path / "pids", "time.sleep(60)"), 2)
    supervisor.start()
    pids = [int(line) for line in await _lines(tmp_path / "pids", 2)]
    assert len(set(pids)) == 2
    await supervisor.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    await supervisor.stop()


async def test_workers_are_spread_over_what_is_added_to_their_arguments(tmp_path: Path) -> None:
    script = f"import sys; open({str(tmp_path / 'said')!r}, 'a').write(sys.argv[1] + '\\n'); "
    argv = [sys.executable, "-c", script + "import time; time.sleep(60)"]
    supervisor = Supervisor(argv, 3, further=[["node 0"], ["node 1"]])
    supervisor.start()
    said = await _lines(tmp_path / "said", 3)
    await supervisor.stop()
    assert sorted(line.strip() for line in said) == ["node 0", "node 0", "node 1"]


@pytest.mark.parametrize(("healthy_after", "failures"), [(60.0, [1, 2]), (0.0, [0, 0])])
async def test_a_worker_that_dies_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, healthy_after: float, failures: list[int]
) -> None:
    pauses: list[int] = []

    def pause(failures: int) -> timedelta:
        pauses.append(failures)
        return timedelta(0)

    monkeypatch.setattr("backend.supervisor.restart_pause", pause)
    monkeypatch.setattr("backend.supervisor._HEALTHY_SECONDS", healthy_after)
    supervisor = Supervisor(_writes_its_number(tmp_path / "pids", "raise SystemExit(3)"), 1)
    supervisor.start()
    pids = await _lines(tmp_path / "pids", 3)
    await supervisor.stop()
    assert len(set(pids)) == len(pids)
    # One that lived long did not die of how it was started: the pauses do not grow.
    assert pauses[:2] == failures


async def test_a_worker_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    writes = _writes_its_number(tmp_path / "pid", "time.sleep(60)")
    supervisor = Supervisor([*writes[:2], f"{deaf}; {writes[2]}"], 1, grace_seconds=0.1)
    supervisor.start()
    [pid] = await _lines(tmp_path / "pid", 1)
    assert _lives(int(pid))
    await supervisor.stop()
    assert not _lives(int(pid))


async def test_a_process_that_cannot_be_started_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = asyncio.Event()

    async def fail(*_: object, **__: object) -> None:
        tried.set()
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", fail)
    supervisor = Supervisor(["x"], 1)
    supervisor.start()
    await tried.wait()
    monkeypatch.undo()
    assert not supervisor._tasks[0].done()
    await supervisor.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of the end")
async def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    argv = _writes_its_number(tmp_path / "pids", "time.sleep(60)")
    script = (
        "import asyncio\n"
        "from backend.supervisor import Supervisor\n"
        "async def main():\n"
        f"    Supervisor({argv!r}, 1).start()\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
    [pid] = await _lines(tmp_path / "pids", 1)
    parent.kill()
    await parent.wait()

    async def gone() -> bool:
        return not _lives(int(pid))

    await _until(gone)


def test_one_process_has_a_data_folder(tmp_path: Path) -> None:
    path = tmp_path / "data" / "serve.lock"
    first, second = SoleOwner(path), SoleOwner(path)
    first.acquire()
    with pytest.raises(BackendError) as caught:
        second.acquire()
    assert caught.value.code is ErrorCode.ALREADY_RUNNING
    assert "FIGMENT_DATA" in caught.value.hint
    first.release()
    first.release()
    second.acquire()
    second.release()


def test_the_lock_of_a_process_that_died_is_free(tmp_path: Path) -> None:
    path = tmp_path / "serve.lock"
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom backend.sole import SoleOwner\n"
        f"SoleOwner(Path({str(path)!r})).acquire()\nos._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    owner = SoleOwner(path)
    owner.acquire()
    owner.release()


def _tidying(store: Store, clock: FakeClock) -> Tidying:
    """What is put in order where there is no base model yet."""
    return Tidying(store, BaseShelf("nowhere"), clock)


@pytest.fixture
async def dispatcher(
    store: Store, settings: BackendSettings, clock: FakeClock
) -> AsyncIterator[Dispatcher]:
    """A dispatcher that is about to be started."""
    quick = settings.model_copy(update={"tick_seconds": 0.05, "lease_seconds": 0.2})
    shelf = BaseShelf(settings.base)
    runs = FakeRuns(store.folder)
    trainings = Trainings(store, shelf, runs, quick, "d", clock)
    dispatcher = Dispatcher(store.folder, trainings, _tidying(store, clock), quick)
    yield dispatcher
    await dispatcher.stop()


async def _becomes(store: Store, job: JobView, state: JobState) -> None:
    async def there() -> bool:
        now = await store.jobs.get(job.id)
        return now is not None and now.state is state

    await _until(there)


@ON_SQLITE
async def test_the_dispatcher_moves_jobs_on(store: Store, dispatcher: Dispatcher) -> None:
    job = await teach(store, "<dicoo>")
    await dispatcher.start()
    await _becomes(store, job, JobState.RUNNING)
    await store.jobs.ask_to_cancel(job.id, START)
    await _becomes(store, job, JobState.CANCELLED)


@ON_SQLITE
async def test_the_dispatcher_puts_lost_pictures_back(
    store: Store, dispatcher: Dispatcher, clock: FakeClock
) -> None:
    render = await imagine(store, "one", count=1)
    await store.claim_pictures("w", 1, START, LEASE)
    clock.go_on(LEASE.total_seconds() + 1)
    await dispatcher.start()

    async def waits_again() -> bool:
        now = await store.renders.get(render.id)
        return now is not None and now.state is RenderState.QUEUED

    await _until(waits_again)


@ON_SQLITE
async def test_a_second_dispatcher_on_one_folder_is_refused(
    store: Store, dispatcher: Dispatcher, settings: BackendSettings
) -> None:
    await dispatcher.start()
    second = Dispatcher(store.folder, dispatcher._trainings, dispatcher._tidying, settings)
    with pytest.raises(BackendError) as caught:
        await second.start()
    assert caught.value.code is ErrorCode.ALREADY_RUNNING
    await second.stop()
    third = SoleOwner(store.folder.root / "serve.lock")
    with pytest.raises(BackendError):
        third.acquire()


@ON_SQLITE
async def test_workers_live_as_long_as_the_dispatcher(
    store: Store, settings: BackendSettings, clock: FakeClock, tmp_path: Path
) -> None:
    supervisor = Supervisor(_writes_its_number(tmp_path / "pids", "time.sleep(60)"), 1)
    runs = FakeRuns(store.folder)
    trainings = Trainings(
        store,
        BaseShelf(settings.base),
        runs,
        settings,
        "d",
        clock,
    )
    dispatcher = Dispatcher(store.folder, trainings, _tidying(store, clock), settings, supervisor)
    await dispatcher.start()
    [pid] = await _lines(tmp_path / "pids", 1)
    await dispatcher.stop()
    assert not psutil.pid_exists(int(pid))
    await dispatcher.start()
    await dispatcher.stop()
