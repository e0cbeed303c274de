"""Pictures of renders handed out to workers: fair, batched, each drawn once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.claims import PictureClaim
from backend.jobs import RenderState
from backend.models import PictureRow, RenderRow
from backend.people import Person
from backend.policy import MOST_PICTURE_ATTEMPTS
from backend.recipe import RenderPrecision
from backend.service import Service
from backend.store import Store
from backend.views import Failure, RenderView
from tests.backend_story import ADA, LEASE, LIN, MAX, imagine, learn
from tests.fakes import START, FakeClock

LATE = START + LEASE + timedelta(seconds=1)
BROKEN = Failure("bad_recipe", "It cannot be drawn.", "Ask for something else.")


async def _claim(store: Store, limit: int, worker: str = "w") -> tuple[PictureClaim, ...]:
    return await store.claim_pictures(worker, limit, START, LEASE)


async def _finish(store: Store, claim: PictureClaim) -> bool:
    return await store.finish_picture(claim, claim.out, claim.recipe, held_back=False)


async def _now(store: Store, render: RenderView) -> RenderView:
    found = await store.renders.get(render.id)
    assert found is not None
    return found


async def test_a_claim_tells_all_that_is_needed_to_draw(store: Store) -> None:
    job = await learn(store, "<dicoo>")
    render = await imagine(store, "one", concepts=("<dicoo>",))
    first, second = await _claim(store, 9)
    assert (first.render_id, first.index, first.worker, first.attempt) == (render.id, 0, "w", 1)
    assert first.recipe == render.pictures[0].recipe
    assert first.lease_until == START + LEASE
    assert first.out == store.folder.picture(render.id, 0)
    assert job.concept is not None
    [concept] = first.concepts
    assert (concept.token, concept.version) == ("<dicoo>", 1)
    assert (concept.sha256, concept.embedding) == (job.concept.sha256, job.concept.embedding)
    assert first.ticket != second.ticket
    drawing = await _now(store, render)
    assert (drawing.state, drawing.started_at) == (RenderState.DRAWING, START)
    assert drawing.queue_position is None


async def test_a_batch_holds_pictures_of_one_size_and_several_people(store: Store) -> None:
    await imagine(store, "a", ADA, count=2)
    await imagine(store, "b", LIN, count=1, after=1)
    await imagine(store, "long", MAX, count=1, steps=50, after=2)
    batch = await _claim(store, 8)
    assert [claim.render_id for claim in batch] == ["render-a", "render-b", "render-a"]
    assert [claim.render_id for claim in await _claim(store, 8)] == ["render-long"]
    assert await _claim(store, 8) == ()


async def test_a_flood_of_one_persons_requests_holds_nobody_up(store: Store) -> None:
    for number in range(6):
        await imagine(store, f"flood{number}", ADA, count=8, after=number)
    await imagine(store, "late", LIN, count=1, after=10)
    batch = await _claim(store, 4)
    assert batch[1].render_id == "render-late"
    assert len(batch) == 4


async def test_a_large_request_yields_after_each_picture(store: Store) -> None:
    await imagine(store, "large", ADA, count=4)
    await imagine(store, "small", LIN, count=2, after=0.5)
    begun = []
    for second in range(1, 8):
        now = START + timedelta(seconds=second)
        for claim in await store.claim_pictures("w", 1, now, LEASE):
            begun.append(claim.render_id)
            await _finish(store, claim)
    assert begun == [
        f"render-{name}" for name in ("large", "small", "large", "small", *["large"] * 2)
    ]


async def test_who_lost_a_picture_waits_like_one_who_was_served(store: Store) -> None:
    await imagine(store, "one", ADA, count=1)
    await imagine(store, "two", LIN, count=2, after=1)
    for given_back in (True, False):
        [claim] = await store.claim_pictures("w", 1, START + timedelta(seconds=2), LEASE)
        assert claim.render_id == "render-one"
        if given_back:
            await store.release([claim])
    assert await store.pictures.expire(LATE + LEASE) == 1
    [claim] = await _claim(store, 1)
    assert claim.render_id == "render-two"


async def test_the_steps_of_pictures_being_drawn_are_told(store: Store) -> None:
    render = await imagine(store, "one", count=3)
    claims = await _claim(store, 2)
    assert (await _now(store, render)).step == 0
    assert await store.renew(claims, START, LEASE, 12) == claims
    now = await _now(store, render)
    assert (now.step, [one.step for one in now.pictures]) == (12, [12, 12, 0])
    await _finish(store, claims[0])
    assert [one.step for one in (await _now(store, render)).pictures] == [0, 12, 0]
    await store.release(claims[1:])
    assert (await _now(store, render)).step == 0


async def test_a_recipe_of_another_version_holds_nobody_up(store: Store) -> None:
    await imagine(store, "strange", ADA, count=2)
    await imagine(store, "sound", LIN, count=1, after=1)
    async with store.pictures._database.writing() as session:
        await session.execute(
            update(PictureRow)
            .where(PictureRow.render_id == "render-strange", PictureRow.position == 0)
            .values(recipe={"prompt": "of the future"})
        )
    assert await _claim(store, 1) == ()
    [claim] = await _claim(store, 1)
    assert claim.render_id == "render-sound"
    async with store.pictures._database.reading() as session:
        row = await session.get(RenderRow, "render-strange")
    assert row is not None
    assert (row.state, row.failure_reason) == (RenderState.FAILED, "unreadable_recipe")


async def test_pictures_that_wait_are_counted(store: Store) -> None:
    await imagine(store, "one", count=3)
    await _claim(store, 1)
    assert await store.pictures.waiting() == 2
    assert await store.pictures.waiting("base") == 2
    assert await store.pictures.waiting("other") == 0


async def test_only_pictures_of_the_workers_base_model_are_handed_out(store: Store) -> None:
    await imagine(store, "one", count=1)
    assert await store.claim_pictures("w", 9, START, LEASE, "bas") == ()
    assert await store.claim_pictures("w", 9, START, LEASE, "other") == ()
    assert len(await store.claim_pictures("w", 9, START, LEASE, "base")) == 1


async def test_workers_at_once_get_different_pictures(store: Store) -> None:
    await imagine(store, "one", count=8)
    batches = await asyncio.gather(*(_claim(store, 3, f"w{n}") for n in range(4)))
    found = [claim.index for batch in batches for claim in batch]
    found += [claim.index for claim in await _claim(store, 8)]
    assert sorted(found) == [*range(8)]


async def test_a_render_is_done_with_its_last_picture(
    store: Store, service: Service, clock: FakeClock
) -> None:
    render = await imagine(store, "one", count=2)
    first, second = await _claim(store, 2)
    real = first.recipe.model_copy(update={"precision": RenderPrecision.F32})
    assert await store.finish_picture(first, first.out, real, held_back=False)
    half = await _now(store, render)
    assert (half.state, half.done, half.pictures[0].path) == (RenderState.DRAWING, 1, first.out)
    assert half.pictures[0].recipe == real
    clock.go_on(7)
    assert await store.finish_picture(second, None, second.recipe, held_back=True)
    done = await _now(store, render)
    assert (done.state, done.done, done.ended_at) == (RenderState.DONE, 2, clock())
    assert (done.pictures[1].path, done.pictures[1].held_back) == (None, True)
    assert len(await service.claim_deliveries(9, 60)) == 1


async def test_pictures_finished_at_once_end_their_render_once(
    store: Store, service: Service
) -> None:
    render = await imagine(store, "one", count=4)
    claims = await _claim(store, 4)
    assert await asyncio.gather(*(_finish(store, claim) for claim in claims)) == [True] * 4
    assert (await _now(store, render)).state is RenderState.DONE
    assert len(await service.claim_deliveries(9, 60)) == 1


async def test_a_finished_picture_is_not_finished_again(store: Store) -> None:
    await imagine(store, "one", count=1)
    [claim] = await _claim(store, 1)
    assert await _finish(store, claim) is True
    assert await _finish(store, claim) is False
    assert await store.fail_render(claim, BROKEN) is False


async def test_a_picture_whose_worker_vanished_is_drawn_by_another(store: Store) -> None:
    render = await imagine(store, "one", count=1)
    [lost] = await _claim(store, 1, "w1")
    assert await store.pictures.expire(START + LEASE) == 0
    assert await store.pictures.expire(LATE) == 1
    assert (await _now(store, render)).state is RenderState.QUEUED
    [again] = await _claim(store, 1, "w2")
    assert (again.index, again.attempt, again.worker) == (0, 2, "w2")
    assert await _finish(store, lost) is False
    assert await store.renew([lost], START, LEASE) == ()
    assert await _finish(store, again) is True


async def test_a_picture_that_kills_its_workers_fails_with_its_render(
    store: Store, service: Service
) -> None:
    render = await imagine(store, "one", count=2)
    for attempt in range(1, MOST_PICTURE_ATTEMPTS + 1):
        claims = await _claim(store, 1)
        assert [claim.attempt for claim in claims] == [attempt]
        await store.pictures.expire(LATE)
    failed = await _now(store, render)
    assert failed.state is RenderState.FAILED
    assert failed.failure is not None
    assert failed.failure.reason == "worker_lost"
    assert await _claim(store, 9) == ()
    [owed] = await store.outbox.claim(9, LATE, LEASE)
    assert owed.subject == render.id
    assert await service.claim_deliveries(9, 60) == ()


async def test_a_renewed_lease_lasts_longer(store: Store) -> None:
    await imagine(store, "one", count=2)
    claims = await _claim(store, 2)
    assert await store.renew(claims, LATE, LEASE) == claims
    assert await store.pictures.expire(LATE) == 0
    assert await store.pictures.expire(LATE + LEASE + timedelta(seconds=1)) == 2
    assert await store.renew([], START, LEASE) == ()


async def test_released_pictures_count_as_never_claimed(store: Store) -> None:
    render = await imagine(store, "one", count=2)
    first, second = await _claim(store, 2)
    await _finish(store, first)
    await store.release([first, second])
    await store.release([])
    [again] = await _claim(store, 2)
    assert (again.index, again.attempt) == (1, 1)
    assert (await _now(store, render)).done == 1


async def test_a_picture_that_cannot_be_drawn_ends_its_render_but_keeps_the_others(
    store: Store,
) -> None:
    render = await imagine(store, "one", count=3)
    first, second, third = await _claim(store, 3)
    await _finish(store, first)
    assert await store.fail_render(second, BROKEN) is True
    failed = await _now(store, render)
    assert (failed.state, failed.failure, failed.done) == (RenderState.FAILED, BROKEN, 1)
    assert failed.pictures[0].path == first.out
    assert await _finish(store, third) is False
    assert await store.fail_render(third, BROKEN) is False
    assert await _now(store, render) == failed


async def test_cancelling_and_finishing_at_once_ends_the_render_once(
    store: Store, service: Service
) -> None:
    render = await imagine(store, "one", count=4)
    claims = await _claim(store, 4)
    finishing = [_finish(store, claim) for claim in claims]
    *finished, cancelled = await asyncio.gather(*finishing, store.renders.cancel(render.id, START))
    ended = await _now(store, render)
    assert ended.done == sum(bool(one) for one in finished)
    expected = RenderState.DONE if cancelled is None else RenderState.CANCELLED
    assert ended.state is expected
    assert len(await service.claim_deliveries(9, 60)) == 1


async def test_places_in_the_queue_are_counted(store: Store) -> None:
    first = await imagine(store, "one", count=1)
    second = await imagine(store, "two", LIN, count=1, after=1)
    assert (first.queue_position, second.queue_position) == (1, 2)
    await store.renders.cancel(first.id, START)
    assert (await _now(store, second)).queue_position == 1
    assert [one.id for one in await store.renders.open_of("T")] == [second.id]
    assert await store.renders.open_of("T2") == ()


async def test_others_large_requests_do_not_lengthen_the_line(store: Store) -> None:
    for number in range(3):
        await imagine(store, f"flood{number}", ADA, after=number)
    own = await imagine(store, "own", LIN, after=5)
    last = await imagine(store, "last", ADA, after=6)
    assert (own.queue_position, last.queue_position) == (2, 5)


@pytest.mark.parametrize("by", [Person("T", "x"), Person("T2", "x")])
async def test_the_same_key_twice_at_once_is_one_render(store: Store, by: Person) -> None:
    found = await asyncio.gather(*(imagine(store, "same", by) for _ in range(3)))
    assert len({render.id for render in found}) == 1
