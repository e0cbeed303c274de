"""The rendering worker over a real database, with an engine that draws at once or waits."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

import pytest
from PIL import Image
from sqlalchemy.exc import OperationalError

from backend.claims import PictureClaim
from backend.errors import BackendError, ErrorCode
from backend.jobs import RenderState
from backend.picture_file import read_recipe
from backend.recipe import RenderPrecision
from backend.settings import BackendSettings
from backend.store import Store
from backend.store_renders import NewRender
from backend.views import Failure, RenderView
from backend.worker import run_worker
from tests.backend_story import LEASE, LIN, TOYS, imagine, new_render
from tests.fakes import START, FakeClock, FakeDrawer

ENDED = {RenderState.DONE, RenderState.FAILED, RenderState.CANCELLED}


@pytest.fixture
def drawer() -> FakeDrawer:
    return FakeDrawer()


@pytest.fixture
def impatient(settings: BackendSettings) -> BackendSettings:
    """Settings with which a worker looks around often."""
    return settings.model_copy(update={"tick_seconds": 0.01, "lease_seconds": 0.2})


def _loaded(drawer: FakeDrawer, _settings: BackendSettings) -> FakeDrawer:
    return drawer


@asynccontextmanager
async def working(
    store: Store, settings: BackendSettings, clock: FakeClock, *drawers: FakeDrawer
) -> AsyncIterator[None]:
    """Have a worker for each of `drawers` while the block lasts; then stop them politely."""
    stop = asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for drawer in drawers:
            load = partial(_loaded, drawer)
            group.create_task(run_worker(store, settings, stop, load=load, clock=clock))
        try:
            yield
        finally:
            stop.set()


async def ended(store: Store, render_id: str) -> RenderView:
    """Wait for a render's end."""
    while True:
        render = await store.renders.get(render_id)
        assert render is not None
        if render.state in ENDED:
            return render
        await asyncio.sleep(0.01)


async def now(store: Store, render_id: str) -> RenderView:
    render = await store.renders.get(render_id)
    assert render is not None
    return render


async def drawing(drawer: FakeDrawer) -> None:
    """Wait until the drawer is in the middle of a picture."""
    assert await asyncio.to_thread(drawer.begun.wait, 30)


async def test_draws_a_render_to_its_end(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer
) -> None:
    render = await imagine(store, "boat", count=3)
    async with working(store, impatient, clock, drawer):
        done = await ended(store, render.id)
    assert done.state is RenderState.DONE
    for index, picture in enumerate(done.pictures):
        assert picture.path == store.folder.picture(render.id, index)
        assert picture.recipe.precision is RenderPrecision.F32
        assert read_recipe(picture.path) == picture.recipe
        with Image.open(picture.path) as image:
            assert image.getpixel((0, 0)) == (10 + index, 0, 0)
        assert [path.name for path in picture.path.parent.glob(".*")] == []


async def test_a_stopped_worker_gives_its_picture_back_and_the_next_one_draws_it(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer
) -> None:
    render = await imagine(store, "boat", count=2)
    drawer.gate.clear()
    async with working(store, impatient, clock, drawer):
        await drawing(drawer)
    assert (await now(store, render.id)).done == 0
    assert drawer.drawn == []
    claims = await store.claim_pictures("other", 9, START, LEASE)
    assert [claim.attempt for claim in claims] == [1, 1], "giving back is no failed attempt"
    await store.release(claims)

    drawer.gate.set()
    async with working(store, impatient, clock, drawer):
        assert (await ended(store, render.id)).state is RenderState.DONE


async def test_two_workers_never_draw_the_same_picture(
    store: Store, impatient: BackendSettings, clock: FakeClock
) -> None:
    drawers = FakeDrawer(), FakeDrawer()
    for drawer in drawers:
        drawer.gate.clear()
    renders = [await imagine(store, name, count=4, steps=n) for n, name in enumerate("abc", 1)]
    async with working(store, impatient, clock, *drawers):
        for drawer in drawers:
            await drawing(drawer)
        # Only now, or the first might have drawn everything before the second looked.
        for drawer in drawers:
            drawer.gate.set()
        for render in renders:
            assert (await ended(store, render.id)).state is RenderState.DONE
    both = drawers[0].drawn + drawers[1].drawn
    assert sorted(both) == [(f"a toy {name}", seed) for name in "abc" for seed in range(10, 14)]
    assert drawers[0].drawn
    assert drawers[1].drawn


async def test_a_cancelled_render_is_dropped_in_the_middle(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer
) -> None:
    cancelled = await imagine(store, "boat")
    drawer.gate.clear()
    async with working(store, impatient, clock, drawer):
        await drawing(drawer)
        await store.renders.cancel(cancelled.id, clock())
        drawer.begun.clear()
        other = await imagine(store, "castle", by=LIN, count=1)
        # It only begins with the other picture once it has dropped the first.
        await drawing(drawer)
        drawer.gate.set()
        assert (await ended(store, other.id)).state is RenderState.DONE
    assert drawer.drawn == [("a toy castle", 10)]
    assert (await now(store, cancelled.id)).state is RenderState.CANCELLED
    assert not store.folder.picture(cancelled.id, 0).exists()


async def test_leases_are_renewed_while_it_draws(
    store: Store,
    impatient: BackendSettings,
    clock: FakeClock,
    drawer: FakeDrawer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    renew, renewed = store.renew, asyncio.Event()

    async def noticed(
        claims: Sequence[PictureClaim], now: datetime, lease: timedelta
    ) -> tuple[PictureClaim, ...]:
        kept = await renew(claims, now, lease)
        if now > START:
            renewed.set()
        return kept

    monkeypatch.setattr(store, "renew", noticed)
    render = await imagine(store, "boat", count=1)
    drawer.gate.clear()
    async with working(store, impatient, clock, drawer):
        await drawing(drawer)
        clock.go_on(0.15)
        await renewed.wait()
        # The first lease, of 0.2 s, is over by now.
        assert await store.pictures.expire(clock.go_on(0.1)) == 0
        drawer.gate.set()
        assert (await ended(store, render.id)).state is RenderState.DONE


async def test_a_database_that_is_away_for_a_moment_costs_no_picture(
    store: Store,
    impatient: BackendSettings,
    clock: FakeClock,
    drawer: FakeDrawer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = asyncio.Event()

    async def away(*_: object) -> tuple[PictureClaim, ...]:
        failed.set()
        raise OperationalError("UPDATE", {}, Exception("away"))

    render = await imagine(store, "boat", count=1)
    drawer.gate.clear()
    monkeypatch.setattr(store, "renew", away)
    async with working(store, impatient, clock, drawer):
        await failed.wait()
        drawer.gate.set()
        assert (await ended(store, render.id)).state is RenderState.DONE


async def test_pictures_of_another_base_model_are_left_alone(
    store: Store, impatient: BackendSettings, clock: FakeClock
) -> None:
    foreign = await imagine(store, "boat")
    own = new_render("castle", LIN, count=1)
    recipe = own.recipes[0].model_copy(update={"base_hash": "mine"})
    await store.renders.add(NewRender(own.id, own.key, LIN, TOYS, (recipe,)), START)
    async with working(store, impatient, clock, FakeDrawer("mine")):
        await ended(store, own.id)
    assert (await now(store, foreign.id)).state is RenderState.QUEUED


async def test_a_fault_over_one_picture_spares_those_drawn_with_it(
    store: Store, impatient: BackendSettings, clock: FakeClock
) -> None:
    drawer = FakeDrawer(streams=2)
    drawer.errors["a toy boat"] = RuntimeError("out of memory")
    faulty = await imagine(store, "boat", count=1)
    sound = await imagine(store, "castle", by=LIN, count=1)
    async with working(store, impatient, clock, drawer):
        assert (await ended(store, sound.id)).state is RenderState.DONE
        failed = await ended(store, faulty.id)
    assert failed.state is RenderState.FAILED
    assert failed.failure is not None
    assert failed.failure.reason == "cannot_draw"
    assert "memory" not in failed.failure.message


async def test_what_the_engine_says_of_a_picture_reaches_its_render(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer
) -> None:
    drawer.errors["a toy boat"] = BackendError(ErrorCode.CANNOT_DRAW, "It cannot.", "Try another.")
    render = await imagine(store, "boat")
    async with working(store, impatient, clock, drawer):
        failed = await ended(store, render.id)
    assert failed.failure == Failure("cannot_draw", "It cannot.", "Try another.")


async def test_a_picture_that_cannot_be_written_fails_its_render(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer
) -> None:
    render = await imagine(store, "boat")
    store.folder.root.mkdir(exist_ok=True)
    store.folder.picture(render.id, 0).parent.parent.write_text("a file is in the way")
    async with working(store, impatient, clock, drawer):
        failed = await ended(store, render.id)
    assert failed.state is RenderState.FAILED
    assert failed.failure is not None
    assert failed.failure.reason == "cannot_save"
