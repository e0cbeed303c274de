"""Pictures that others were begun from go when none needs them, and no earlier."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.base import BaseShelf
from backend.dispatcher import Dispatcher
from backend.errors import BackendError, ErrorCode
from backend.people import Asker
from backend.redraws import Redraw, RedrawRequest
from backend.requests import ImagineRequest, IncomingPicture
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from backend.tidying import Tidying
from backend.trainings import Trainings
from backend.views import Failure, RenderView
from tests.backend_story import ADA, LEASE, LIN, TOYS
from tests.fakes import FakeClock
from tests.toy_pictures import write_toy_pictures

ASKED = ImagineRequest("a toy", ADA, TOYS, "first", count=2, seed=7)


@pytest.fixture
def toy(tmp_path: Path) -> IncomingPicture:
    [path] = write_toy_pictures(tmp_path / "toys", 1)
    return IncomingPicture("toy.png", path, "F1")


@pytest.fixture
def kept(store: Store, toy: IncomingPicture) -> Path:
    """Where the toy is kept, once somebody has asked for pictures from it."""
    return store.folder.start(hashlib.sha256(toy.path.read_bytes()).hexdigest())


def is_there(path: Path) -> bool:
    return path.exists()


def is_same(path: Path, other: Path) -> bool:
    return path.read_bytes() == other.read_bytes()


def is_young(path: Path) -> bool:
    return path.stat().st_mtime > 0


async def _draw(store: Store, clock: FakeClock, held_back: Sequence[int] = ()) -> None:
    """Draw all that waits."""
    for claim in await store.claim_pictures("w", 9, clock(), LEASE):
        claim.out.parent.mkdir(parents=True, exist_ok=True)
        claim.out.touch()
        held = claim.index in held_back
        await store.finish_picture(claim, None if held else claim.out, claim.recipe, held)


async def _swept(store: Store, clock: FakeClock, path: Path) -> bool:
    """Tell whether a start of two hours goes when the store is swept."""
    earlier = (clock() - timedelta(hours=2)).timestamp()
    os.utime(path, (earlier, earlier))
    count = await store.starts.sweep(clock())
    assert count == (not is_there(path))
    return not is_there(path)


async def _begin(service: Service, toy: IncomingPicture, key: str = "first") -> RenderView:
    return await service.imagine(replace(ASKED, key=key, start=toy))


async def test_a_start_stays_while_pictures_wait_for_it_and_as_long_as_they_are_kept(
    service: Service, store: Store, clock: FakeClock, toy: IncomingPicture, kept: Path
) -> None:
    render = await _begin(service, toy)
    assert not await _swept(store, clock, kept), "it waits"
    claims = await store.claim_pictures("w", 1, clock(), LEASE)
    assert not await _swept(store, clock, kept), "it is being drawn"
    await store.release(claims)
    await _draw(store, clock)
    clock.go_on(30 * 24 * 3600)
    assert not await _swept(store, clock, kept), "it may be varied"
    varied = await service.redraw(
        RedrawRequest(render.id, 1, Redraw.VARY, LIN, TOYS, "vary", count=1)
    )
    await service.remove_pictures(render.id, Asker(ADA))
    assert is_there(kept), "the variation is begun from it too"
    await service.remove_pictures(varied.id, Asker(LIN))
    assert not is_there(kept)


async def test_it_goes_with_the_pictures_that_are_deleted(
    service: Service, store: Store, clock: FakeClock, toy: IncomingPicture, kept: Path
) -> None:
    render = await _begin(service, toy)
    await _draw(store, clock, held_back=[1])
    await service.remove_pictures(render.id, Asker(ADA))
    assert not is_there(kept)
    # Pressed twice, it does no harm.
    await service.remove_pictures(render.id, Asker(ADA))
    with pytest.raises(BackendError) as caught:
        await service.imagine(replace(ASKED, key="again", start=kept.name))
    assert caught.value.code is ErrorCode.BAD_PICTURES
    assert "is gone" in caught.value.message


async def test_it_goes_with_pictures_that_never_were(
    service: Service, store: Store, toy: IncomingPicture, kept: Path
) -> None:
    render = await _begin(service, toy)
    await service.remove_pictures(render.id, Asker(ADA))
    assert not is_there(kept)


@pytest.mark.parametrize("end", ["failed", "cancelled", "held back"])
async def test_what_came_to_nothing_can_be_asked_for_again_for_a_day(
    service: Service, store: Store, clock: FakeClock, toy: IncomingPicture, kept: Path, end: str
) -> None:
    render = await _begin(service, toy)
    if end == "failed":
        [claim, *_] = await store.claim_pictures("w", 1, clock(), LEASE)
        await store.fail_render(claim, Failure("cannot_draw", "It broke."))
    elif end == "cancelled":
        await service.cancel(render.id, ADA)
    else:
        await _draw(store, clock, held_back=[0, 1])
    clock.go_on(23 * 3600)
    assert not await _swept(store, clock, kept)
    again = await service.imagine(replace(ASKED, key="again", start=kept.name))
    await service.cancel(again.id, ADA)
    clock.go_on(2 * 3600)
    assert not await _swept(store, clock, kept), "it was asked for again"
    clock.go_on(24 * 3600)
    assert await _swept(store, clock, kept)


async def test_what_nobody_knows_is_left_for_an_hour(store: Store, clock: FakeClock) -> None:
    store.folder.starts.mkdir(parents=True)
    young, half = store.folder.start("a" * 64), store.folder.starts / f".{'b' * 64}.0"
    for path in (young, half):
        path.touch()
    now = clock().timestamp()
    os.utime(young, (now, now))
    assert await _swept(store, clock, half)
    assert is_there(young)
    assert await _swept(store, clock, young)
    assert await store.starts.sweep(clock()) == 0


async def test_a_refused_request_leaves_none(
    service: Service,
    store: Store,
    toy: IncomingPicture,
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(*_: object) -> RenderView:
        assert is_there(kept)
        raise BackendError(ErrorCode.QUOTA_REACHED, "You had enough.")

    monkeypatch.setattr(store.renders, "add", full)
    with pytest.raises(BackendError):
        await _begin(service, toy)
    assert not is_there(kept)


async def test_a_start_that_is_removed_just_before_its_render_is_stored_is_kept_again(
    service: Service,
    store: Store,
    toy: IncomingPicture,
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add = store.renders.add

    async def add_late(*given: Any) -> RenderView:
        # As when somebody deletes another picture that was begun from the same file.
        await store.starts.release([kept.name], given[1])
        assert not is_there(kept)
        return await add(*given)

    monkeypatch.setattr(store.renders, "add", add_late)
    await _begin(service, toy)
    assert is_same(kept, toy.path)


async def test_asking_again_makes_a_start_young(
    service: Service, store: Store, clock: FakeClock, toy: IncomingPicture, kept: Path
) -> None:
    await _begin(service, toy)
    for key, start in (("second", toy), ("third", kept.name)):
        os.utime(kept, (0, 0))
        await service.imagine(replace(ASKED, key=key, start=start))
        assert is_young(kept)


async def test_the_clockwork_sweeps(
    service: Service,
    store: Store,
    settings: BackendSettings,
    clock: FakeClock,
    toy: IncomingPicture,
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await _begin(service, toy)
    swept = asyncio.Event()
    sweep = store.starts.sweep

    async def noted(*given: Any) -> int:
        count = await sweep(*given)
        swept.set()
        return count

    monkeypatch.setattr(store.starts, "sweep", noted)
    orphan = store.folder.start("c" * 64)
    orphan.touch()
    for path in (orphan, kept):
        os.utime(path, (0, 0))
    tidying = Tidying(store, BaseShelf("nowhere"), clock)
    dispatcher = Dispatcher(store.folder, _Idle(), tidying, settings)
    await dispatcher.start()
    await asyncio.wait_for(swept.wait(), 30)
    await dispatcher.stop()
    assert not is_there(orphan)
    assert is_there(kept)


class _Idle(Trainings):
    """Has nothing to do."""

    def __init__(self) -> None:
        pass

    async def tick(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""
