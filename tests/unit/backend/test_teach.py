"""Asking for a concept to be learned: what is queued, and what is refused."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from backend.base import BaseShelf
from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState
from backend.people import Person, Place
from backend.requests import IncomingPicture, TeachRequest
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import QueueView
from cluster.settings import ClusterSettings
from cluster.spec import LearnableProperty
from tests.backend_story import ADA, LIN, TOYS, learn
from tests.bad_pictures import write_vast_png
from tests.fakes import START, FakeClock
from tests.toy_pictures import write_toy_pictures

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is refused before any database is asked."""


@pytest.fixture(scope="session")
def toys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Five good pictures."""
    return write_toy_pictures(tmp_path_factory.mktemp("toys"))


def _pictures(paths: tuple[Path, ...]) -> tuple[IncomingPicture, ...]:
    return tuple(IncomingPicture(path.name, path, f"file-{path.name}") for path in paths)


@pytest.fixture
def request_(toys: tuple[Path, ...]) -> TeachRequest:
    """A request with nothing wrong in it."""
    return TeachRequest(
        token="<dicoo>",
        initializer="toy",
        learnable_property=LearnableProperty.OBJECT,
        pictures=_pictures(toys),
        by=ADA,
        place=TOYS,
        key="event-1",
    )


def _left_behind(settings: BackendSettings) -> list[Path]:
    return list((settings.data / "uploads").glob("*/*"))


async def _refused(service: Service, request: TeachRequest) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await service.teach(request)
    assert await service.queue("T") == QueueView((), ())
    assert caught.value.message
    return caught.value


async def test_a_good_request_becomes_a_job(
    service: Service, store: Store, request_: TeachRequest
) -> None:
    job = await service.teach(request_)
    assert (job.state, job.queue_position, job.attempt) == (JobState.QUEUED, 1, 1)
    assert (job.token, job.initializer, job.owner, job.place) == ("<dicoo>", "toy", ADA, TOYS)
    assert job.created_at == START
    assert job.notes == ()
    assert [path.parent for path in job.pictures] == [store.folder.uploads(job.id)] * 5
    assert [path.read_bytes() for path in job.pictures] == [
        picture.path.read_bytes() for picture in request_.pictures
    ]
    assert await service.job(job.id) == job
    assert (await service.queue("T")).jobs == (job,)
    [card] = await service.claim_deliveries(9, 60)
    assert (card.subject, card.place, card.revision) == (job.id, TOYS, job.revision)


async def test_the_same_request_twice_is_one_job(
    service: Service, settings: BackendSettings, request_: TeachRequest
) -> None:
    at_once = await asyncio.gather(*(service.teach(request_) for _ in range(4)))
    assert {job.id for job in [*at_once, await service.teach(request_)]} == {at_once[0].id}
    assert len(_left_behind(settings)) == 5


@ON_SQLITE
async def test_bare_names_and_capitals_are_understood(
    service: Service, request_: TeachRequest
) -> None:
    job = await service.teach(replace(request_, token="DiCoo", initializer="Robot"))
    assert (job.token, job.initializer) == ("<dicoo>", "robot")


@ON_SQLITE
async def test_pictures_that_cannot_be_used_are_named_beside_good_ones(
    service: Service, toys: tuple[Path, ...], request_: TeachRequest, tmp_path: Path
) -> None:
    text = tmp_path / "notes.png"
    text.write_text("these are no pixels")
    bomb = write_vast_png(tmp_path / "vast.png")
    pictures = _pictures((toys[0], text, toys[1], bomb, toys[0]))
    job = await service.teach(replace(request_, pictures=pictures))
    assert [path.read_bytes() for path in job.pictures] == [p.read_bytes() for p in toys[:2]]
    assert len(job.notes) == 3
    assert "notes.png is not a picture" in job.notes[0].message
    assert "vast.png" in job.notes[1].message
    assert "toy-0.png shows the same as toy-0.png" in job.notes[2].message


@ON_SQLITE
async def test_no_pictures(service: Service, request_: TeachRequest) -> None:
    error = await _refused(service, replace(request_, pictures=()))
    assert error.code is ErrorCode.NO_PICTURES
    assert "Upload about five" in error.hint


@ON_SQLITE
async def test_one_picture(service: Service, request_: TeachRequest) -> None:
    error = await _refused(service, replace(request_, pictures=request_.pictures[:1]))
    assert error.code is ErrorCode.TOO_FEW_PICTURES


@ON_SQLITE
async def test_too_many_pictures(service: Service, request_: TeachRequest) -> None:
    error = await _refused(service, replace(request_, pictures=request_.pictures * 5))
    assert error.code is ErrorCode.TOO_MANY_PICTURES


@ON_SQLITE
async def test_only_bad_pictures(
    service: Service,
    settings: BackendSettings,
    toys: tuple[Path, ...],
    request_: TeachRequest,
    tmp_path: Path,
) -> None:
    text, small, gone, cut = (tmp_path / f"{n}.png" for n in ("text", "small", "gone", "cut"))
    text.write_text("<html>Sign in</html>")
    Image.new("RGB", (8, 8)).save(small)
    cut.write_bytes(toys[0].read_bytes()[:2000])
    pictures = _pictures((text, small, gone, cut))
    error = await _refused(service, replace(request_, pictures=pictures))
    assert error.code is ErrorCode.BAD_PICTURES
    for name in ("text.png", "small.png", "gone.png", "cut.png"):
        assert name in error.message
    assert _left_behind(settings) == []


@ON_SQLITE
@pytest.mark.parametrize("token", ["", "<di coo>", "dicoo!", "<<dicoo>>", "<../x>"])
async def test_a_name_that_is_none(service: Service, request_: TeachRequest, token: str) -> None:
    error = await _refused(service, replace(request_, token=token))
    assert error.code is ErrorCode.BAD_PLACEHOLDER


@ON_SQLITE
async def test_an_initializer_of_several_tokens(service: Service, request_: TeachRequest) -> None:
    error = await _refused(service, replace(request_, initializer="robots"))
    assert error.code is ErrorCode.BAD_INITIALIZER
    assert error.suggestions == ("robot",)


async def test_a_token_that_is_being_taught(service: Service, request_: TeachRequest) -> None:
    first = await service.teach(request_)
    with pytest.raises(BackendError) as caught:
        await service.teach(replace(request_, by=LIN, key="event-2"))
    assert caught.value.code is ErrorCode.TOKEN_TAKEN
    assert (caught.value.by, caught.value.at) == (ADA, first.created_at)


async def test_a_token_that_was_taught(
    service: Service, store: Store, request_: TeachRequest
) -> None:
    await learn(store, "<dicoo>", by=LIN)
    with pytest.raises(BackendError) as caught:
        await service.teach(request_)
    assert caught.value.code is ErrorCode.TOKEN_TAKEN
    assert caught.value.by == LIN
    assert "2 March 2026" in caught.value.message.replace(" 02", " 2")


async def test_of_several_at_once_one_gets_the_token(
    service: Service, settings: BackendSettings, request_: TeachRequest
) -> None:
    asked = [
        service.teach(replace(request_, by=Person("T", f"p{n}"), key=f"event-{n}"))
        for n in range(4)
    ]
    done = await asyncio.gather(*asked, return_exceptions=True)
    errors = [one for one in done if isinstance(one, BackendError)]
    assert len(errors) == 3
    assert {error.code for error in errors} == {ErrorCode.TOKEN_TAKEN}
    assert len((await service.queue("T")).jobs) == 1
    assert len(_left_behind(settings)) == 5


async def test_another_workspace_has_its_own_tokens(
    service: Service, request_: TeachRequest
) -> None:
    first = await service.teach(request_)
    other = replace(request_, by=Person("T2", "eve"), place=Place("T2", "C"), key="event-2")
    second = await service.teach(other)
    assert first.id != second.id
    assert (await service.queue("T2")).jobs[0].id == second.id


async def test_a_token_is_free_again_after_its_job_was_cancelled(
    service: Service, request_: TeachRequest
) -> None:
    first = await service.teach(request_)
    await service.cancel(first.id, ADA)
    second = await service.teach(replace(request_, key="event-2"))
    assert (second.state, second.queue_position) == (JobState.QUEUED, 1)


async def test_sources_are_used_until_their_job_comes_to_nothing(
    service: Service, request_: TeachRequest
) -> None:
    job = await service.teach(request_)
    assert await service.sources_used("T") == {f"file-toy-{n}.png" for n in range(5)}
    assert await service.sources_used("T2") == frozenset()
    await service.cancel(job.id, ADA)
    assert await service.sources_used("T") == frozenset()


@ON_SQLITE
async def test_a_base_model_that_is_not_there(
    store: Store,
    settings: BackendSettings,
    clock: FakeClock,
    request_: TeachRequest,
    tmp_path: Path,
) -> None:
    (tmp_path / "empty").mkdir()
    shelf = BaseShelf(os.fspath(tmp_path / "empty"))
    service = Service(store, shelf, settings, ClusterSettings(_env_file=None), clock)
    error = await _refused(service, request_)
    assert error.code is ErrorCode.BASE_MODEL
    assert "model_index.json" in error.message


@ON_SQLITE
async def test_a_file_name_from_outside_reaches_no_path(
    service: Service, store: Store, toys: tuple[Path, ...], request_: TeachRequest
) -> None:
    pictures = tuple(IncomingPicture(f"../../{n}.png", path, "s") for n, path in enumerate(toys))
    job = await service.teach(replace(request_, pictures=pictures))
    names = [path.name for path in job.pictures]
    assert names == ["00.png", "01.png", "02.png", "03.png", "04.png"]
    assert {path.parent for path in job.pictures} == {store.folder.uploads(job.id)}


@ON_SQLITE
async def test_a_token_that_the_base_has_itself_is_refused(
    service: Service, request_: TeachRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cluster.vocabulary.Vocabulary.has_token", lambda _, t: t == "<dicoo>")
    error = await _refused(service, request_)
    assert error.code is ErrorCode.TOKEN_TAKEN
    assert "of its own" in error.message
    with pytest.raises(BackendError):
        await service.check_teachable(request_)
