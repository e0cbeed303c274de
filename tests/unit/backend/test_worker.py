"""The rendering worker over a real database, with an engine that draws at once or waits."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from PIL import Image
from sqlalchemy.exc import OperationalError

from backend import worker
from backend.claims import PictureClaim
from backend.concept_files import load_draw
from backend.engine_draws import Draw
from backend.errors import BackendError, ErrorCode
from backend.jobs import RenderState
from backend.picture_file import read_recipe, save_picture
from backend.recipe import RenderPrecision, Upscaler
from backend.render_rows import NewRender
from backend.settings import BackendSettings
from backend.store import Store
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
        claims: Sequence[PictureClaim], now: datetime, lease: timedelta, step: int
    ) -> tuple[PictureClaim, ...]:
        kept = await renew(claims, now, lease, step)
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


@pytest.mark.parametrize("call", ["claim_pictures", "renew", "finish_picture", "release"])
async def test_a_database_that_is_away_for_a_moment_costs_no_picture(
    store: Store,
    impatient: BackendSettings,
    clock: FakeClock,
    drawer: FakeDrawer,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
) -> None:
    failed = asyncio.Event()
    works = getattr(store, call)

    async def away_once(*given: object, **named: object) -> object:
        if not failed.is_set():
            failed.set()
            raise OperationalError("UPDATE", {}, Exception("away"))
        return await works(*given, **named)

    render = await imagine(store, "boat", count=1)
    drawer.gate.clear()
    monkeypatch.setattr(store, call, away_once)
    if call == "release":
        async with working(store, impatient, clock, drawer):
            await drawing(drawer)
        # It could not give it back: the lease has to end.
        clock.go_on(1)
    async with working(store, impatient, clock, drawer):
        if call != "finish_picture":
            await failed.wait()
        drawer.gate.set()
        done = await ended(store, render.id)
    assert failed.is_set()
    assert done.state is RenderState.DONE
    assert drawer.drawn == [("a toy boat", 10)]


async def test_the_steps_are_told_while_it_draws(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer
) -> None:
    render = await imagine(store, "boat", count=2)
    drawer.gate.clear()
    async with working(store, impatient, clock, drawer):
        while (await now(store, render.id)).step == 0:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.01)
        told = await now(store, render.id)
        assert [picture.step for picture in told.pictures] == [1, 0]
        drawer.gate.set()
        assert (await ended(store, render.id)).step == 0


async def test_a_picture_finished_before_a_crash_is_not_drawn_again(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer
) -> None:
    render = await imagine(store, "boat", count=2)
    first, second = await store.claim_pictures("dead", 2, START, LEASE)
    real = first.recipe.model_copy(update={"precision": RenderPrecision.F32})
    save_picture(first.out, Image.new("RGB", (64, 64), (7, 7, 7)), real)
    # Of the second it wrote only a part.
    begun = second.out.with_name(f".{second.out.name}.0123456789abcdef")
    begun.write_bytes(first.out.read_bytes()[:50])
    clock.go_on(LEASE.total_seconds() + 1)
    async with working(store, impatient, clock, drawer):
        done = await ended(store, render.id)
    assert done.state is RenderState.DONE
    assert drawer.drawn == [("a toy boat", 11)]
    assert done.pictures[0].recipe == real
    assert not begun.exists()


@pytest.mark.parametrize("what", ["half of it", "another seed", "another program's"])
async def test_a_file_that_is_not_the_whole_picture_is_drawn_over(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer, what: str
) -> None:
    render = await imagine(store, "boat", count=1)
    recipe = render.pictures[0].recipe
    out = store.folder.picture(render.id, 0)
    if what == "another seed":
        recipe = recipe.model_copy(update={"seed": 99})
    save_picture(out, Image.effect_noise((64, 64), 50).convert("RGB"), recipe)
    if what == "half of it":
        out.write_bytes(out.read_bytes()[:-900])
    elif what == "another program's":
        Image.new("RGB", (64, 64)).save(out)
    async with working(store, impatient, clock, drawer):
        assert (await ended(store, render.id)).state is RenderState.DONE
    assert drawer.drawn == [("a toy boat", 10)]
    assert read_recipe(out) == (await now(store, render.id)).pictures[0].recipe


async def test_a_worker_that_slept_too_long_leaves_the_file_of_another_alone(
    store: Store,
    settings: BackendSettings,
    clock: FakeClock,
    drawer: FakeDrawer,
) -> None:
    render = await imagine(store, "boat", count=1)
    drawer.gate.clear()
    # Its leases are long, so that it does not notice by itself.
    async with working(store, settings, clock, drawer):
        await drawing(drawer)
        await store.pictures.expire(clock.go_on(settings.lease_seconds + 1))
        [claim] = await store.claim_pictures("other", 1, clock(), LEASE)
        save_picture(claim.out, Image.new("RGB", (64, 64), (9, 9, 9)), claim.recipe)
        drawer.gate.set()
        while not drawer.drawn:  # noqa: ASYNC110 - its thread sets no event
            await asyncio.sleep(0.01)
    with Image.open(claim.out) as picture:
        assert picture.getpixel((0, 0)) == (9, 9, 9)
    assert await store.finish_picture(claim, claim.out, claim.recipe, held_back=False)
    assert (await now(store, render.id)).state is RenderState.DONE


async def test_a_picture_that_is_held_back_is_kept_nowhere(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer
) -> None:
    drawer.held_back.add("a toy boat")
    render = await imagine(store, "boat", count=1)
    async with working(store, impatient, clock, drawer):
        done = await ended(store, render.id)
    assert (done.state, done.pictures[0].held_back) == (RenderState.DONE, True)
    assert done.pictures[0].path is None
    assert not store.folder.picture(render.id, 0).exists()


async def test_a_fault_while_a_picture_is_made_ready_ends_its_render_only(
    store: Store,
    impatient: BackendSettings,
    clock: FakeClock,
    drawer: FakeDrawer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = load_draw

    def broken(claim: PictureClaim) -> Draw:
        if claim.recipe.prompt == "a toy boat":
            raise RuntimeError("a bug")
        return load(claim)

    monkeypatch.setattr(worker, "load_draw", broken)
    faulty = await imagine(store, "boat", count=1)
    sound = await imagine(store, "castle", by=LIN, count=1)
    async with working(store, impatient, clock, drawer):
        assert (await ended(store, sound.id)).state is RenderState.DONE
        failed = await ended(store, faulty.id)
    assert failed.failure is not None
    assert failed.failure.reason == "cannot_draw"
    assert "bug" not in failed.failure.message


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


async def test_a_larger_picture_is_not_drawn_again(
    store: Store, impatient: BackendSettings, clock: FakeClock, drawer: FakeDrawer
) -> None:
    first = await imagine(store, "boat", count=1)
    async with working(store, impatient, clock, drawer):
        [small] = (await ended(store, first.id)).pictures
        large = small.recipe.model_copy(update={"upscale": Upscaler.LANCZOS})
        assert small.path is not None
        new = replace(new_render("large", count=1), recipes=(large,), enlarges=small.path)
        await store.renders.add(new, START)
        [picture] = (await ended(store, new.id)).pictures
    assert len(drawer.drawn) == 1
    assert picture.path is not None
    with Image.open(small.path) as before, Image.open(picture.path) as after:
        assert after.size == (2 * before.width, 2 * before.height)
    assert read_recipe(picture.path) == large


async def test_where_nothing_can_be_removed_the_render_fails_and_the_worker_goes_on(
    store: Store,
    impatient: BackendSettings,
    clock: FakeClock,
    drawer: FakeDrawer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    render = await imagine(store, "boat", count=1)
    [lost] = await store.claim_pictures("gone", 1, START, LEASE)
    lost.out.parent.mkdir(parents=True)
    (lost.out.parent / f".{lost.out.name}.half").mkdir()
    clock.go_on(LEASE.total_seconds() + 1)
    await store.pictures.expire(clock())

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(worker, "save_picture", refuse)
    async with working(store, impatient, clock, drawer):
        failed = await ended(store, render.id)
        monkeypatch.undo()
        assert (await ended(store, (await imagine(store, "other")).id)).state is RenderState.DONE
    assert failed.failure is not None
    assert failed.failure.reason == "cannot_save"
