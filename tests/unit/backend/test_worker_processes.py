"""Real `figment worker` processes with the real engine: several, killed, stopped, out of room."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from backend.engine import Engine
from backend.jobs import RenderState
from backend.migrate import migrate
from backend.settings import BackendSettings
from backend.store import Store
from cluster.base import base_hash
from tests.crowd import SIDE, Crowd, check_all_drawn_once, kill_at_random
from tests.postgres import PostgresServer
from tests.requirements import unavailable
from tests.worker_processes import ForkedWorker, Pool, worker_settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def exported_base(tiny_base: Path, openvino_cache: Path) -> Path:
    """The tiny base, exported: so that no worker has to."""
    Engine.load(tiny_base, openvino_cache)
    return tiny_base


@pytest.fixture
def on_sqlite(tmp_path: Path, exported_base: Path, openvino_cache: Path) -> BackendSettings:
    """Settings of workers with a database in their data folder."""
    return worker_settings(tmp_path / "data", exported_base, openvino_cache)


async def crowd_of(settings: BackendSettings, steps: int = 4, side: int = SIDE) -> Crowd:
    """People who ask for pictures of these settings' base, in a database with its tables."""
    await migrate(settings.url)
    hash_ = base_hash(Path(settings.base))
    return Crowd(Store.open(settings), hash_, Random(5), steps, side)


@pytest.mark.postgres
async def test_three_workers_draw_every_picture_of_one_queue_once(
    tmp_path: Path, exported_base: Path, openvino_cache: Path, postgres_server: PostgresServer
) -> None:
    url = postgres_server.new_database("three_workers")
    settings = worker_settings(tmp_path / "data", exported_base, openvino_cache, url, lease=60)
    crowd = await crowd_of(settings)
    pool = Pool(settings, tmp_path / "logs", 3)
    await pool.ready(3)
    await crowd.ask(40)
    await crowd.all_ended()
    assert pool.stop() == [0, 0, 0]
    await check_all_drawn_once(crowd, settings, pool.all)
    drawn = [
        sum(event["event"] == "picture_drawn" for event in worker.events()) for worker in pool.all
    ]
    assert min(drawn) > 0
    assert sum(drawn) == len(crowd.looked_at)
    await crowd.store.close()


async def test_killing_workers_loses_no_picture_and_doubles_none(
    tmp_path: Path, on_sqlite: BackendSettings
) -> None:
    crowd = await crowd_of(on_sqlite)
    pool = Pool(on_sqlite, tmp_path / "logs", 3, ForkedWorker)
    await kill_at_random(pool, crowd, 10)
    await crowd.all_ended()
    # One that is still loading holds nothing yet, and a signal simply ends it.
    assert set(pool.stop()) <= {0, -signal.SIGTERM}
    await check_all_drawn_once(crowd, on_sqlite, pool.all)
    assert pool.count("leases_expired") > 0
    await crowd.store.close()


async def test_a_worker_that_is_told_to_stop_gives_back_what_it_has_begun(
    tmp_path: Path, on_sqlite: BackendSettings
) -> None:
    # Far from finished when it is told to stop, however fast the machine is.
    crowd = await crowd_of(on_sqlite, steps=900, side=4 * SIDE)
    pool = Pool(on_sqlite, tmp_path / "logs", 1)
    [worker] = await pool.ready(1)
    await crowd.ask(1)
    await crowd.sees(lambda render: render.step >= 5)
    assert pool.stop() == [0]
    [render] = await crowd.look()
    assert render.state is RenderState.QUEUED
    assert render.step == 0
    assert [event["event"] for event in worker.events()][-2:] == ["given_back", "worker_stopped"]
    await crowd.store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that is a disk of its own, of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        unavailable("mount", f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no room on the disk of `folder`; return the file that takes it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    assert os.statvfs(folder).f_bavail == 0
    return filler


def names_in(folder: Path) -> set[str]:
    """Return the names of all files in and under a folder."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


async def test_a_disk_without_room_for_pictures_fails_the_render_and_not_the_worker(
    tmp_path: Path, on_sqlite: BackendSettings, small_disk: Path
) -> None:
    (on_sqlite.data / "pictures").symlink_to(small_disk)
    crowd = await crowd_of(on_sqlite)
    pool = Pool(on_sqlite, tmp_path / "logs", 1)
    await pool.ready(1)
    filler = fill(small_disk)
    await crowd.ask(1)
    [failed] = await crowd.all_ended()
    assert failed.state is RenderState.FAILED
    assert failed.failure is not None
    assert failed.failure.reason == "cannot_save"
    assert "room" in failed.failure.hint
    filler.unlink()
    await crowd.ask(1)
    renders = await crowd.all_ended()
    assert renders[1].state is RenderState.DONE
    assert names_in(small_disk) == {f"{n}.png" for n in range(renders[1].count)}
    assert pool.stop() == [0]
    await crowd.store.close()


async def test_a_disk_without_room_for_the_database_either_is_waited_for(
    tmp_path: Path, exported_base: Path, openvino_cache: Path, small_disk: Path
) -> None:
    settings = worker_settings(small_disk / "data", exported_base, openvino_cache)
    crowd = await crowd_of(settings, steps=60)
    pool = Pool(settings, tmp_path / "logs", 1)
    [worker] = await pool.ready(1)
    await crowd.ask(2)
    await crowd.sees(lambda render: render.state is RenderState.DRAWING)
    filler = fill(small_disk)
    await worker.tells("renewal_failed", "claiming_failed", "report_failed")
    assert worker.lives
    filler.unlink()
    await crowd.ask(1)
    renders = await crowd.all_ended()
    assert renders[2].state is RenderState.DONE
    assert pool.stop() == [0]
    await crowd.store.close()


@pytest.mark.parametrize("part", ["vae/diffusion_pytorch_model.safetensors", "scheduler", "unet"])
async def test_a_base_model_with_a_missing_part_ends_the_worker_in_words(
    tmp_path: Path, tiny_base: Path, part: str
) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny_base, base)
    if (base / part).is_dir():
        shutil.rmtree(base / part)
    else:
        (base / part).unlink()
    settings = worker_settings(tmp_path / "data", base, tmp_path / "cache")
    worker = ForkedWorker(settings, tmp_path / "worker.log")
    assert await asyncio.to_thread(worker.wait) == 1
    said = worker.log.read_text()
    assert "Error: The base model" in said
