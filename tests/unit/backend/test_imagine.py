"""Asking for pictures, cancelling, looking things up."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from backend.aspect import AspectRatio
from backend.base import load_base
from backend.concept_files import load_draw
from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState, RenderState
from backend.people import Person
from backend.recipe import RenderPrecision, Sampler, Start, Upscaler
from backend.requests import ImagineRequest, IncomingPicture
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import DeliveryKind, RenderView
from tests.backend_story import ADA, LEASE, LIN, TOYS, imagine, learn, teach
from tests.bad_pictures import write_vast_png
from tests.fakes import START
from tests.paper_base import PAPER_SIDE
from tests.toy_pictures import write_toy_pictures

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is refused before any database is asked."""

REQUEST = ImagineRequest("a yellow toy", ADA, TOYS, "event-1")


@pytest.fixture
def base_hash(paper_base: Path) -> str:
    """The hash of the base model in use."""
    return load_base(str(paper_base)).hash


async def _refused(service: Service, request: ImagineRequest) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await service.imagine(request)
    assert (await service.queue("T")).renders == ()
    return caught.value


async def test_what_waits_for_another_base_ends_and_says_so(
    store: Store, service: Service, base_hash: str
) -> None:
    waiting = await service.imagine(REQUEST)
    assert await store.pictures.fail_of_other_bases(base_hash, START) == 0
    assert await store.pictures.fail_of_other_bases("0" * 64, START) == 1
    ended = await service.render(waiting.id)
    assert ended.state is RenderState.FAILED
    assert ended.failure is not None
    assert "base model" in ended.failure.message
    assert await store.pictures.waiting() == 0


async def test_a_good_request_becomes_a_render(
    service: Service, settings: BackendSettings, base_hash: str
) -> None:
    render = await service.imagine(REQUEST)
    assert (render.state, render.queue_position) == (RenderState.QUEUED, 1)
    assert (render.prompt, render.owner, render.place) == ("a yellow toy", ADA, TOYS)
    assert (render.count, render.steps, render.guidance) == (4, 20, 7.5)
    assert (render.width, render.height) == (PAPER_SIDE, PAPER_SIDE)
    assert render.done == 0
    assert [picture.seed for picture in render.pictures] == [render.seed + n for n in range(4)]
    recipe = render.pictures[2].recipe
    assert (recipe.prompt, recipe.base_hash) == ("a yellow toy", base_hash)
    assert (recipe.sampler, recipe.precision) == (settings.sampler, RenderPrecision.AUTO)
    assert await service.render(render.id) == render
    # A queue may be long: what waits comes without its pictures.
    assert (await service.queue("T")).renders == (replace(render, pictures=()),)
    assert await service.claim_deliveries(9, 60) == ()


async def test_the_same_request_twice_is_one_render(service: Service) -> None:
    first = await service.imagine(REQUEST)
    assert await service.imagine(REQUEST) == first


@ON_SQLITE
async def test_seeds_left_open_differ(service: Service) -> None:
    renders = [await service.imagine(replace(REQUEST, key=f"event-{n}")) for n in range(3)]
    assert len({render.seed for render in renders}) == 3


async def test_all_that_was_asked_for_is_in_the_recipe(
    service: Service, store: Store, base_hash: str
) -> None:
    concept = (await learn(store, "<dicoo>", base_hash=base_hash)).concept
    assert concept is not None
    render = await service.imagine(
        replace(
            REQUEST,
            prompt="a  <DICOO> toy",
            negative_prompt=" hat ",
            count=2,
            seed=2**32 - 2,
            steps=7,
            guidance=1.0,
            sampler=Sampler.EULER,
            width=128,
            height=72,
        )
    )
    recipe = render.pictures[1].recipe
    assert (recipe.prompt, recipe.negative_prompt) == ("a <dicoo> toy", "hat")
    assert (recipe.seed, recipe.steps, recipe.guidance) == (2**32 - 1, 7, 1.0)
    assert (recipe.sampler, recipe.width, recipe.height) == (Sampler.EULER, 128, 72)
    [named] = recipe.concepts
    assert (named.token, named.version, named.sha256) == ("<dicoo>", 1, concept.sha256)
    assert (await service.render(render.id)).seed == 2**32 - 2


@ON_SQLITE
async def test_the_further_controls_are_in_the_recipe_too(
    service: Service, store: Store, tmp_path: Path
) -> None:
    [toy] = write_toy_pictures(tmp_path / "toys", 1)
    sha256 = hashlib.sha256(toy.read_bytes()).hexdigest()
    render = await service.imagine(
        replace(
            REQUEST,
            guidance_until=0.5,
            sampler=Sampler.UNIPC,
            ratio=AspectRatio.PHOTO,
            start=IncomingPicture("toy.png", toy, "x"),
            strength=0.25,
            seed=7,
            vary=0.1,
            upscale=True,
        )
    )
    toy.unlink()
    recipes = [picture.recipe for picture in render.pictures]
    assert {recipe.seed for recipe in recipes} == {7}
    assert len({recipe.variation for recipe in recipes}) == 4
    recipe = recipes[0]
    assert (recipe.guidance_until, recipe.sampler) == (0.5, Sampler.UNIPC)
    assert (recipe.width, recipe.height, recipe.upscale) == (80, 56, Upscaler.LANCZOS)
    assert recipe.start == Start(sha256=sha256, strength=0.25)
    [claim, *_] = await store.claim_pictures("w", 4, START, LEASE)
    draw = load_draw(claim)
    assert draw.start is not None
    assert draw.start.sha256 == sha256
    again = await service.imagine(replace(REQUEST, key="again", start=sha256))
    assert again.pictures[0].recipe.start == Start(sha256=sha256, strength=0.6)
    store.folder.start(sha256).write_bytes(b"another")
    with pytest.raises(BackendError) as caught:
        load_draw(claim)
    assert caught.value.code is ErrorCode.BAD_PICTURES


@ON_SQLITE
@pytest.mark.parametrize("harm", ["text", "cut", "vast", "small", "missing"])
async def test_a_picture_that_cannot_be_begun_from(
    service: Service, store: Store, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "toy.png"
    if harm == "text":
        file.write_text("<html>sign in</html>")
    elif harm == "cut":
        [toy] = write_toy_pictures(tmp_path / "toys", 1)
        file.write_bytes(toy.read_bytes()[:-3000])
    elif harm == "vast":
        write_vast_png(file)
    elif harm == "small":
        Image.new("RGB", (63, 500)).save(file)
    error = await _refused(service, replace(REQUEST, start=IncomingPicture("toy.png", file, "x")))
    assert error.code is ErrorCode.BAD_PICTURES
    assert "toy.png" in error.message
    assert error.hint
    assert not list(store.folder.root.glob("starts/*"))


async def test_a_concept_may_be_named_in_the_negative_prompt(
    service: Service, store: Store, base_hash: str
) -> None:
    await learn(store, "<dicoo>", base_hash=base_hash)
    render = await service.imagine(replace(REQUEST, negative_prompt="<dicoo>"))
    assert [ref.token for ref in render.pictures[0].recipe.concepts] == ["<dicoo>"]


@ON_SQLITE
async def test_an_empty_prompt(service: Service) -> None:
    error = await _refused(service, replace(REQUEST, prompt=" \n "))
    assert error.code is ErrorCode.EMPTY_PROMPT


async def test_an_unknown_token_with_a_near_one(
    service: Service, store: Store, base_hash: str
) -> None:
    await learn(store, "<dicoo>", base_hash=base_hash)
    error = await _refused(service, replace(REQUEST, prompt="a <diccoo> toy"))
    assert error.code is ErrorCode.UNKNOWN_TOKEN
    assert error.suggestions == ("<dicoo>",)
    assert "<dicoo>" in error.hint


async def test_a_token_of_another_workspace_is_unknown_and_not_suggested(
    service: Service, store: Store, base_hash: str
) -> None:
    await learn(store, "<dicoo>", by=Person("T2", "eve"), base_hash=base_hash)
    error = await _refused(service, replace(REQUEST, prompt="a <dicoo> toy"))
    assert error.code is ErrorCode.UNKNOWN_TOKEN
    assert error.suggestions == ()


@ON_SQLITE
async def test_a_token_that_is_still_being_learned(service: Service, store: Store) -> None:
    await teach(store, "<dicoo>")
    with pytest.raises(BackendError, match="still being learned"):
        await service.imagine(replace(REQUEST, prompt="a <dicoo>"))


@ON_SQLITE
async def test_a_token_of_another_base_model(service: Service, store: Store) -> None:
    await learn(store, "<dicoo>", base_hash="another")
    error = await _refused(service, replace(REQUEST, prompt="a <dicoo>"))
    assert "another base model" in error.message


@ON_SQLITE
async def test_a_prompt_that_is_too_long(service: Service) -> None:
    error = await _refused(service, replace(REQUEST, prompt="toy " * 301))
    assert error.code is ErrorCode.PROMPT_TOO_LONG
    error = await _refused(service, replace(REQUEST, negative_prompt="toy " * 301))
    assert error.code is ErrorCode.PROMPT_TOO_LONG


@ON_SQLITE
async def test_a_number_out_of_its_limits(service: Service) -> None:
    error = await _refused(service, replace(REQUEST, count=99))
    assert error.code is ErrorCode.BAD_NUMBER
    assert "from 1 to 8, not 99" in error.message


async def test_a_waiting_render_is_cancelled_at_once(service: Service) -> None:
    render = await service.imagine(REQUEST)
    cancelled = await service.cancel(render.id, ADA)
    assert cancelled.state is RenderState.CANCELLED
    [delivery] = await service.claim_deliveries(9, 60)
    assert (delivery.kind, delivery.subject) == (DeliveryKind.PICTURES, render.id)
    with pytest.raises(BackendError) as caught:
        await service.cancel(render.id, ADA)
    assert caught.value.code is ErrorCode.ALREADY_ENDED


async def test_only_the_one_who_asked_cancels(service: Service, store: Store) -> None:
    job, render = await teach(store, "<dicoo>"), await imagine(store, "one")
    for thing in (job.id, render.id):
        with pytest.raises(BackendError) as caught:
            await service.cancel(thing, LIN)
        assert caught.value.code is ErrorCode.NOT_YOURS
        with pytest.raises(BackendError) as caught:
            await service.cancel(thing, Person("T2", "ada"))
        assert caught.value.code is ErrorCode.NOT_FOUND
    assert (await service.job(job.id)).state is JobState.QUEUED
    assert (await service.render(render.id)).state is RenderState.QUEUED


async def test_a_running_job_is_stopping_first(service: Service, store: Store) -> None:
    job = await teach(store, "<dicoo>")
    await store.jobs.take("d", START, LEASE, slots=1)
    await store.jobs.launched(job.id, 100, START)
    assert (await service.cancel(job.id, ADA)).state is JobState.STOPPING
    assert (await service.cancel(job.id, ADA)).state is JobState.STOPPING
    await store.jobs.stopped(job.id, START)
    with pytest.raises(BackendError) as caught:
        await service.cancel(job.id, ADA)
    assert caught.value.code is ErrorCode.ALREADY_ENDED


async def test_finished_pictures_of_a_cancelled_render_are_kept(
    service: Service, store: Store
) -> None:
    render = await imagine(store, "one", count=3)
    first, second = await store.claim_pictures("w", 2, START, LEASE)
    assert await store.finish_picture(first, first.out, first.recipe, held_back=False)
    cancelled = await service.cancel(render.id, ADA)
    assert isinstance(cancelled, RenderView)
    assert (cancelled.state, cancelled.done) == (RenderState.CANCELLED, 1)
    assert cancelled.pictures[0].path == first.out
    assert await store.finish_picture(second, second.out, second.recipe, False) is False
    assert await store.renew([second], START, LEASE) == ()


async def test_what_is_not_there(service: Service) -> None:
    for ask in (service.job("x"), service.render("x"), service.cancel("x", ADA)):
        with pytest.raises(BackendError) as caught:
            await ask
        assert caught.value.code is ErrorCode.NOT_FOUND


async def test_concepts_are_listed_and_found_by_any_spelling(
    service: Service, store: Store
) -> None:
    job = await learn(store, "<robo>")
    await learn(store, "<dicoo>", by=LIN)
    await learn(store, "<other>", by=Person("T2", "eve"))
    concepts = await service.concepts("T")
    assert [concept.token for concept in concepts] == ["<dicoo>", "<robo>"]
    found = await service.concept("T", "Robo")
    assert found == concepts[1] == job.concept
    assert (found.owner, found.version, found.improvement) == (ADA, 1, 0.25)
    assert found.job_id == job.id
    assert found.embedding == store.folder.embedding("T", "<robo>", 1)
    with pytest.raises(BackendError) as caught:
        await service.concept("T", "<robot>")
    assert caught.value.code is ErrorCode.UNKNOWN_TOKEN
    assert caught.value.suggestions == ("<robo>",)
    with pytest.raises(BackendError) as caught:
        await service.concept("T", "no name")
    assert caught.value.code is ErrorCode.BAD_PLACEHOLDER
