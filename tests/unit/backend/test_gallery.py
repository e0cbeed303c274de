"""What is made of pictures that are there; and how they are found again, and removed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from backend.errors import BackendError, ErrorCode
from backend.models import PictureRow
from backend.people import Asker, Standing
from backend.recipe import RenderPrecision, Upscaler, Variation
from backend.redraws import Redraw, RedrawRequest, redrawn
from backend.requests import ImagineRequest
from backend.service import Service
from backend.store import Store
from backend.views import DeliveryKind, RenderView
from tests.backend_story import ADA, LEASE, LIN, TOYS
from tests.fakes import START


async def drawn(
    service: Service, store: Store, key: str = "first", held_back: Sequence[int] = ()
) -> RenderView:
    """A render of two pictures with files, drawn in bf16."""
    asked = ImagineRequest("a toy", ADA, TOYS, key, count=2, seed=7, negative_prompt="dark")
    await service.imagine(asked)
    for claim in await store.claim_pictures("w", 2, START, LEASE):
        claim.out.parent.mkdir(parents=True, exist_ok=True)
        claim.out.touch()
        recipe = claim.recipe.model_copy(update={"precision": RenderPrecision.BF16})
        held = claim.index in held_back
        await store.finish_picture(claim, None if held else claim.out, recipe, held)
    found = await store.renders.by_key(key)
    assert found is not None
    return found


def request(render: RenderView, change: Redraw, index: int = 1) -> RedrawRequest:
    return RedrawRequest(render.id, index, change, LIN, TOYS, "again")


async def test_a_larger_picture_has_the_very_recipe(service: Service, store: Store) -> None:
    first = await drawn(service, store)
    larger = await service.redraw(request(first, Redraw.UPSCALE))
    [picture] = larger.pictures
    assert picture.recipe == first.pictures[1].recipe.model_copy(
        update={"upscale": Upscaler.LANCZOS}
    )
    assert picture.recipe.precision is RenderPrecision.BF16
    assert larger.owner == LIN
    # An ask that is served again makes nothing new.
    assert (await service.redraw(request(first, Redraw.UPSCALE))).id == larger.id


async def test_variations_keep_everything_but_the_noise(service: Service, store: Store) -> None:
    first = await drawn(service, store)
    varied = await service.redraw(request(first, Redraw.VARY))
    assert varied.count > 1
    turns = [one.recipe.variation for one in varied.pictures]
    assert len({turn.seed for turn in turns if turn is not None}) == varied.count
    for one in varied.pictures:
        plain = one.recipe.model_copy(update={"variation": None})
        assert plain == first.pictures[1].recipe


async def test_variations_of_variations_go_on_from_there(service: Service, store: Store) -> None:
    recipe = (await drawn(service, store)).pictures[0].recipe
    one = redrawn(recipe, Redraw.VARY, 1, 0.2, 50)[0]
    two = redrawn(one, Redraw.VARY, 1, 0.3, 60)[0]
    assert two.varied_before == (Variation(seed=50, strength=0.2),)
    assert two.variation == Variation(seed=60, strength=0.3)
    again = redrawn(two, Redraw.AGAIN, 2, 0.9, 70)
    assert [one.variation for one in again] == [
        Variation(seed=70, strength=0.3),
        Variation(seed=71, strength=0.3),
    ]
    assert {one.varied_before for one in again} == {two.varied_before}
    assert redrawn(one, Redraw.AGAIN, 1, 0.9, 70)[0].varied_before == ()
    for wrong in (Redraw.AGAIN, Redraw.VARY):
        with pytest.raises(BackendError):
            redrawn(recipe, wrong, 1, 1.5, 0)
    large = redrawn(recipe, Redraw.UPSCALE, 1, 0, 0)[0]
    with pytest.raises(BackendError, match="twice its size already"):
        redrawn(large, Redraw.UPSCALE, 1, 0, 0)


async def test_what_cannot_be_drawn_any_more_is_refused(
    service: Service, store: Store, tmp_path: Path
) -> None:
    first = await drawn(service, store, held_back=[0])
    for index, words in ((0, "held back"), (9, "no such picture")):
        with pytest.raises(BackendError, match=words):
            await service.redraw(request(first, Redraw.VARY, index))
    elsewhere = replace(request(first, Redraw.VARY), by=replace(ADA, workspace="other"))
    with pytest.raises(BackendError, match="no such render"):
        await service.redraw(elsewhere)
    (tmp_path / "blocked.txt").write_text("toy\n")
    settings = service._settings.model_copy(update={"blocklist": tmp_path / "blocked.txt"})
    blocking = Service(store, service._base, settings, service._cluster)
    with pytest.raises(BackendError) as caught:
        await blocking.redraw(request(first, Redraw.VARY))
    assert caught.value.code is ErrorCode.BLOCKED_PROMPT
    path = first.pictures[1].path
    assert path is not None
    path.unlink()
    with pytest.raises(BackendError, match="file of this picture is gone"):
        await service.redraw(request(first, Redraw.VARY))
    assert (await service.queue("T")).renders == ()


async def test_only_its_owner_or_an_admin_removes_a_picture(service: Service, store: Store) -> None:
    first, second = await drawn(service, store), await drawn(service, store, "second")
    with pytest.raises(BackendError) as caught:
        await service.remove_pictures(first.id, Asker(LIN))
    assert caught.value.code is ErrorCode.NOT_YOURS
    assert [one.path.is_file() for one in first.pictures if one.path] == [True, True]
    for _ in range(2):
        gone = await service.remove_pictures(first.id, Asker(ADA))
        assert [(one.path, one.is_gone) for one in gone.pictures] == [(None, True)] * 2
    assert not store.folder.picture(first.id, 0).parent.exists()
    await service.remove_pictures(second.id, Asker(LIN, Standing(is_admin=True)))
    with pytest.raises(BackendError, match="was deleted"):
        await service.redraw(request(first, Redraw.VARY))


async def test_what_is_not_drawn_yet_never_is_once_removed(service: Service, store: Store) -> None:
    asked = await service.imagine(ImagineRequest("a toy", ADA, TOYS, "k", count=1))
    await service.remove_pictures(asked.id, Asker(ADA))
    assert await store.claim_pictures("w", 2, START, LEASE) == ()


async def test_the_last_pictures_of_a_person(service: Service, store: Store) -> None:
    first = await drawn(service, store)
    await service.imagine(ImagineRequest("a toy", ADA, TOYS, "open"))
    assert [one.id for one in await service.recent(ADA, 6)] == [first.id]
    assert await service.recent(LIN, 6) == ()
    await service.remove_pictures(first.id, Asker(ADA))
    assert await service.recent(ADA, 6) == ()


async def test_what_a_delivery_left_is_found_again(service: Service, store: Store) -> None:
    first = await drawn(service, store)
    assert await service.receipt(DeliveryKind.PICTURES, first.id) is None
    [owed] = [
        one for one in await service.claim_deliveries(9, 60) if one.kind is DeliveryKind.PICTURES
    ]
    await service.delivered(owed.id, owed.revision, "1.2 0:F1")
    assert await service.receipt(DeliveryKind.PICTURES, first.id) == "1.2 0:F1"


async def test_health_counts_what_runs_and_waits(service: Service, store: Store) -> None:
    await service.imagine(ImagineRequest("a toy", ADA, TOYS, "k", count=3))
    await store.claim_pictures("w", 1, START, LEASE)
    health = await service.health("T")
    assert (health.workers_drawing, health.pictures_waiting) == (1, 2)
    assert (health.slots_in_use, health.jobs_failed, health.renders_failed) == (0, 0, 0)


async def test_a_recipe_of_another_version_hides_nothing_else(
    service: Service, store: Store
) -> None:
    first = await drawn(service, store)
    async with store._database.writing() as session:
        await session.execute(update(PictureRow).values(recipe={"version": 99}))
    seen = await service.render(first.id)
    assert [one.is_readable for one in seen.pictures] == [False, False]
    assert seen.prompt == "a toy"
    with pytest.raises(BackendError) as caught:
        await service.redraw(request(first, Redraw.VARY))
    assert caught.value.code is ErrorCode.BAD_RECIPE
