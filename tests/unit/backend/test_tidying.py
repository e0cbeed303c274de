"""What is put in order by itself: files of cancelled pictures, and what would wait for ever."""

from datetime import timedelta

import pytest

from backend.base import BaseShelf
from backend.claims import PictureClaim
from backend.jobs import RenderState
from backend.settings import BackendSettings
from backend.store import Store
from backend.tidying import Tidying
from tests.backend_story import LEASE, imagine
from tests.fakes import START, FakeClock

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def tidying(store: Store, settings: BackendSettings, clock: FakeClock) -> Tidying:
    return Tidying(store, BaseShelf(settings.base), clock)


def written(claim: PictureClaim) -> None:
    """What a worker has written by the time it sees that it has lost the picture."""
    claim.out.parent.mkdir(parents=True, exist_ok=True)
    claim.out.touch()
    (claim.out.parent / f".{claim.out.name}.abc").touch()


async def test_what_was_written_of_a_cancelled_picture_goes(
    store: Store, tidying: Tidying, clock: FakeClock
) -> None:
    kept, gone = await imagine(store, "kept", count=1), await imagine(store, "gone", count=1)
    claims = await store.claim_pictures("w", 9, START, LEASE)
    for claim in claims:
        written(claim)
    await store.renders.cancel(gone.id, START)
    first = next(claim for claim in claims if claim.render_id == kept.id)
    assert await store.finish_picture(first, first.out, first.recipe, False)
    await tidying.remove_leftovers()
    lost = store.folder.picture(gone.id, 0)
    assert lost.exists(), "its worker may be writing still"
    clock.go_on(timedelta(minutes=11).total_seconds())
    await tidying.remove_leftovers()
    assert list(lost.parent.iterdir()) == []
    assert first.out.exists()


async def test_what_waits_for_another_base_model_is_ended(store: Store, tidying: Tidying) -> None:
    render = await imagine(store, "one")
    await tidying.end_renders_of_other_bases()
    ended = await store.renders.get(render.id)
    assert ended is not None
    assert ended.state is RenderState.FAILED


@ON_SQLITE
async def test_without_a_base_model_everything_waits(store: Store, clock: FakeClock) -> None:
    render = await imagine(store, "one")
    await Tidying(store, BaseShelf("nowhere"), clock).end_renders_of_other_bases()
    waiting = await store.renders.get(render.id)
    assert waiting is not None
    assert waiting.state is RenderState.QUEUED
