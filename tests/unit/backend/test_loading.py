"""A worker that ends while it loads its base model says why, and no picture waits for it."""

import asyncio
import dataclasses
import errno
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.export import export_folder
from backend.jobs import PictureState
from backend.loading import why_not_loaded
from backend.migrate import migrate
from backend.models import PictureRow
from backend.settings import BackendSettings
from backend.store import Store
from backend.supervisor import ended_by
from cluster.base import base_hash
from tests.backend_story import new_render
from tests.fakes import START
from tests.worker_processes import WorkerProcess, worker_settings

CACHE = Path("/data/openvino")

_WITHOUT_ROOTS_RIGHTS = f"""
import ctypes, os
drop_from_bounding_set, may_read_and_write_all, may_read_all = 24, 1, 2
prctl = ctypes.CDLL(None).prctl
prctl(drop_from_bounding_set, may_read_and_write_all)
prctl(drop_from_bounding_set, may_read_all)
os.execv({sys.executable!r}, [{sys.executable!r}, "-m", "bot", "worker"])
"""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "not enough memory"),
        (RuntimeError("Exception from src/core: std::bad_alloc"), "not enough memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory"),
        (
            PermissionError(errno.EACCES, "Permission denied", "/data/openvino/x"),
            "/data/openvino/x",
        ),
        (ValueError("its U-Net is odd"), "cannot be made ready"),
    ],
)
def test_each_kind_of_trouble_has_its_words(error: Exception, words: str) -> None:
    told = why_not_loaded("/models/sd", CACHE, error)
    assert words in told.message
    assert told.hint


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "could not be started"),
        (0, "asked to end"),
        (1, "log says why"),
        (-signal.SIGKILL, "memory"),
        (-signal.SIGABRT, "SIGABRT"),
    ],
)
def test_every_exit_code_has_a_meaning(code: int | None, words: str) -> None:
    assert words in ended_by(code)


class Team:
    """One render that waits for a worker of these settings."""

    def __init__(self, settings: BackendSettings, store: Store, folder: Path) -> None:
        self.settings = settings
        self._store = store
        self._log = folder / "worker.log"

    def worker(self, script: str = "") -> WorkerProcess:
        """Start a worker, or a script that becomes one."""
        if not script:
            return WorkerProcess(self.settings, self._log)
        return WorkerProcess(self.settings, self._log, (sys.executable, "-c", script))

    @property
    def said(self) -> str:
        """All it wrote."""
        return self._log.read_text("utf-8", "replace")

    async def still_waits(self) -> bool:
        """Tell whether the picture is as if no worker had ever been there."""
        async with self._store._database.reading() as session:
            row = await session.get_one(PictureRow, ("render-one", 0))
        return (row.state, row.attempt, row.ticket) == (PictureState.QUEUED, 0, None)


@pytest.fixture
async def team(tmp_path: Path, tiny_base: Path) -> AsyncIterator[Team]:
    base = shutil.copytree(tiny_base, tmp_path / "base")
    settings = worker_settings(tmp_path / "data", base, tmp_path / "cache")
    await migrate(settings.url)
    store = Store.open(settings)
    render = new_render("one", count=1)
    recipe = render.recipes[0].model_copy(update={"base_hash": base_hash(base)})
    await store.renders.add(dataclasses.replace(render, recipes=(recipe,)), START)
    yield Team(settings, store, tmp_path)
    await store.close()


async def _failed(team: Team, worker: WorkerProcess, *words: str) -> None:
    code = await asyncio.to_thread(worker.wait)
    assert code == 1, (code, team.said)
    [event] = [one for one in worker.events() if one["event"] == "loading_failed"]
    assert event["code"] == "base_model"
    assert "Traceback" in team.said
    assert "Error: " in team.said
    for one in words:
        assert one in str(event["reason"])
    assert await team.still_waits()


@pytest.mark.slow
async def test_a_base_with_a_missing_part(team: Team) -> None:
    shutil.rmtree(Path(team.settings.base) / "unet")
    await _failed(team, team.worker(), "unet")


@pytest.mark.slow
@pytest.mark.parametrize("inside", ["", "compiled"])
async def test_a_cache_that_cannot_be_read(team: Team, tmp_path: Path, inside: str) -> None:
    closed = tmp_path / "cache" / inside
    closed.mkdir(exist_ok=True)
    closed.chmod(0)
    try:
        await _failed(team, team.worker(_WITHOUT_ROOTS_RIGHTS), "openvino", "Permission denied")
    finally:
        closed.chmod(0o700)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_while_it_loads(team: Team, tmp_path: Path, number: signal.Signals) -> None:
    hash_ = base_hash(Path(team.settings.base))
    lock = export_folder(hash_, tmp_path / "cache").with_suffix(".lock")
    with lock.open("w") as file:
        # So it waits in the midst of loading, within a call of the system.
        fcntl.flock(file, fcntl.LOCK_EX)
        worker = team.worker()
        await worker.tells("waiting", "loading_failed")
        worker.send(number)
        assert await asyncio.to_thread(worker.wait) == 0, team.said
    last = worker.events()[-1]
    assert (last["event"], last["signal"]) == ("stopped_while_loading", number.name)
    assert last["sender"] == os.getpid()
    assert await team.still_waits()


@pytest.mark.slow
async def test_a_crash_in_a_library_leaves_what_it_was_at(team: Team, tmp_path: Path) -> None:
    hash_ = base_hash(Path(team.settings.base))
    with export_folder(hash_, tmp_path / "cache").with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        worker = team.worker()
        await worker.tells("waiting", "loading_failed")
        worker.send(signal.SIGABRT)
        assert await asyncio.to_thread(worker.wait) == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in team.said
    assert "load_engine" in team.said
    assert await team.still_waits()
