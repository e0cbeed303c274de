"""Names, versions, sharing and the end of concepts; rules and quotas in force."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from backend.base import BaseShelf
from backend.defaults import Defaults
from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState
from backend.people import Asker, Person, Place, Standing
from backend.requests import ImagineRequest, RetrainRequest
from backend.roles import Rules, Who
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import Failure, JobView, Share, ShareKind
from cluster.embedding_file import EmbeddingFile, read_embedding, write_embedding
from tests.backend_story import ADA, LIN, TOYS, learn, learned, new_job, teach
from tests.fakes import START, FakeClock
from tests.toy_pictures import write_toy_pictures

ADMIN = Asker(Person("T", "boss"), Standing(is_admin=True), "toys")
BY_ADA, BY_LIN = Asker(ADA, channel="toys"), Asker(LIN, channel="toys")


async def taught(store: Store, service: Service, settings: BackendSettings) -> JobView:
    """A concept of Ada's with all its files."""
    base = await BaseShelf(settings.base).get()
    job = await learn(store, "<dicoo>", base_hash=base.hash)
    embedding = store.folder.embedding("T", "<dicoo>", 1)
    sample = store.folder.sample("T", "<dicoo>", 1, 0)
    write_embedding(embedding, EmbeddingFile("<dicoo>", np.ones((1, 8), np.float32)))
    sample.write_bytes(b"sample")
    return job


def wanted(prompt: str, by: Person = ADA, key: str = "k1", **more: object) -> ImagineRequest:
    request = ImagineRequest(prompt=prompt, by=by, place=TOYS, key=key, count=1)
    return replace(request, **more)  # type: ignore[arg-type]


async def refused(code: ErrorCode, asked: object) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await asked  # type: ignore[misc]
    assert caught.value.code is code, caught.value.message
    return caught.value


async def test_another_name_goes_into_rows_files_and_cards(
    store: Store, service: Service, settings: BackendSettings
) -> None:
    job = await taught(store, service, settings)
    concept = await service.rename(BY_ADA, "<dicoo>", "Robo")
    assert concept.token == "<robo>"
    assert read_embedding(concept.embedding).token == "<robo>"
    assert [path.read_bytes() for path in concept.samples] == [b"sample"]
    assert not store.folder.embedding("T", "<dicoo>", 1).exists()
    renamed = await service.job(job.id)
    assert (renamed.token, renamed.revision > job.revision) == ("<robo>", True)
    await refused(ErrorCode.UNKNOWN_TOKEN, service.concept("T", "<dicoo>", BY_ADA))
    again = await store.jobs.add(new_job("<dicoo>", job_id="other"), START)
    assert again.state is JobState.QUEUED


async def test_only_its_teacher_renames_and_not_onto_another(
    store: Store, service: Service, settings: BackendSettings
) -> None:
    await taught(store, service, settings)
    await learn(store, "<flip>", by=LIN)
    await refused(ErrorCode.NOT_YOURS, service.rename(BY_LIN, "<dicoo>", "<robo>"))
    await refused(ErrorCode.TOKEN_TAKEN, service.rename(BY_ADA, "<dicoo>", "<flip>"))
    assert store.folder.embedding("T", "<dicoo>", 1).exists()


async def test_what_is_deleted_leaves_no_photo(
    store: Store, service: Service, settings: BackendSettings
) -> None:
    job = await taught(store, service, settings)
    kept = [store.folder.uploads(job.id), store.folder.run(job.id)]
    kept.append(store.folder.past_run(job.id, 1))
    for folder in kept:
        folder.mkdir(parents=True)
        (folder / "photo.png").write_bytes(b"photo")
    await service.delete(BY_ADA, "<dicoo>")
    assert not any(folder.exists() for folder in kept)
    assert not list((settings.data / "concepts").glob("**/*.*"))
    assert (await service.job(job.id)).pictures == ()
    assert await service.sources_used("T") == frozenset()
    assert await service.concepts("T", BY_ADA) == ()


async def test_a_concept_that_is_drawn_with_stays(
    store: Store, service: Service, settings: BackendSettings
) -> None:
    await taught(store, service, settings)
    render = await service.imagine(wanted("a <dicoo>"))
    error = await refused(ErrorCode.IN_USE, service.delete(BY_ADA, "<dicoo>"))
    assert "1 picture" in error.message
    await refused(ErrorCode.IN_USE, service.rename(BY_ADA, "<dicoo>", "<robo>"))
    await service.cancel(render.id, ADA)
    await service.delete(BY_ADA, "<dicoo>")


async def test_retraining_makes_a_version_and_an_older_one_can_be_used(
    store: Store, service: Service, settings: BackendSettings, tmp_path: Path
) -> None:
    job = await taught(store, service, settings)
    await refused(
        ErrorCode.NO_PICTURES, service.retrain(RetrainRequest("<dicoo>", ADA, TOYS, "again"))
    )
    there = [store.folder.absolute(str(path)) for path in job.pictures]
    pictures = write_toy_pictures(tmp_path / "toys", 2)
    for old, path in zip(there, pictures, strict=True):
        old.parent.mkdir(parents=True, exist_ok=True)
        old.write_bytes(path.read_bytes())
    try:
        request = RetrainRequest("<dicoo>", ADA, TOYS, "again")
        further = await service.retrain(request)
        assert (await service.retrain(request)).id == further.id
    finally:
        for old in there:
            old.unlink()
    assert (further.initializer, len(further.pictures)) == ("toy", 2)
    await refused(ErrorCode.IN_USE, service.delete(BY_ADA, "<dicoo>"))
    await store.jobs.take("d", START, timedelta(seconds=60), slots=9)
    await store.jobs.launched(further.id, 100, START)
    base = await BaseShelf(settings.base).get()
    await store.jobs.succeeded(further.id, learned(store, further, base.hash, 2), START)

    versions = await service.versions(BY_LIN, "<dicoo>")
    assert [(one.concept.version, one.is_current) for one in versions] == [(2, True), (1, False)]
    await refused(ErrorCode.BAD_NUMBER, service.use_version(BY_ADA, "<dicoo>", 3))
    await refused(ErrorCode.NOT_YOURS, service.use_version(BY_LIN, "<dicoo>", 1))
    assert (await service.use_version(BY_ADA, "<dicoo>", 1)).version == 1
    render = await service.imagine(wanted("a <dicoo>"))
    assert render.pictures[0].recipe.concepts[0].version == 1
    assert (await service.use_version(BY_ADA, "<dicoo>", 2)).version == 2


async def test_a_private_concept_looks_like_none(
    store: Store, service: Service, settings: BackendSettings
) -> None:
    await taught(store, service, settings)
    unknown = await refused(ErrorCode.UNKNOWN_TOKEN, service.imagine(wanted("a <dicop>", LIN)))
    assert unknown.suggestions == ("<dicoo>",)
    await service.make_private(BY_ADA, "<dicoo>")
    hidden = await refused(ErrorCode.UNKNOWN_TOKEN, service.imagine(wanted("a <dicoo>", LIN)))
    never = await refused(ErrorCode.UNKNOWN_TOKEN, service.imagine(wanted("a <dicop>", LIN)))
    assert hidden.message.replace("<dicoo>", "") == never.message.replace("<dicop>", "")
    assert never.suggestions == hidden.suggestions == ()
    assert await service.concepts("T", BY_LIN) == ()
    assert await service.concepts("T") == ()
    taken = await refused(
        ErrorCode.TOKEN_TAKEN, store.jobs.check_token_free(LIN, "<dicoo>", "other")
    )
    assert (taken.by, taken.at) == (None, None)
    await service.imagine(wanted("a <dicoo>", key="mine"))
    assert (await service.queue("T", BY_LIN)).renders == ()
    assert len((await service.queue("T", BY_ADA)).renders) == 1

    await service.share(BY_ADA, "<dicoo>", Share(ShareKind.CHANNEL, "toys"))
    await service.imagine(wanted("a <dicoo>", LIN, "theirs"))
    elsewhere = wanted("a <dicoo>", LIN, "there", place=Place("T", "general"))
    await refused(ErrorCode.UNKNOWN_TOKEN, service.imagine(elsewhere))
    await service.share(BY_ADA, "<dicoo>", None)
    await service.imagine(elsewhere)


async def test_rules_are_for_admins_and_hold_for_others(service: Service) -> None:
    await refused(ErrorCode.NOT_ALLOWED, service.rules(BY_ADA))
    await refused(ErrorCode.NOT_ALLOWED, service.set_rules(BY_ADA, Rules()))
    rules = Rules(who_imagines=Who.LISTED, artists=("ada",), listening=("toys",))
    await service.set_rules(ADMIN, rules)
    assert await service.rules(ADMIN) == rules
    assert await service.listens_in("T", "toys")
    assert not await service.listens_in("T", "general")
    assert not await service.listens_in("T2", "toys")
    await service.imagine(wanted("a toy"))
    await refused(ErrorCode.NOT_ALLOWED, service.imagine(wanted("a toy", LIN, "k2")))


async def test_quotas_are_free_again_when_it_is_said(service: Service, clock: FakeClock) -> None:
    await service.set_rules(ADMIN, Rules(renders_a_day=2, pictures_an_hour=3))
    await service.imagine(wanted("a toy", key="1", count=2))
    again = await service.imagine(wanted("a toy", key="1", count=2))
    assert again.count == 2
    error = await refused(ErrorCode.QUOTA_REACHED, service.imagine(wanted("a", LIN, "2", count=2)))
    assert error.at == START + timedelta(hours=1)
    clock.go_on(3600)
    await service.imagine(wanted("a toy", key="3"))
    error = await refused(ErrorCode.QUOTA_REACHED, service.imagine(wanted("a toy", key="4")))
    assert error.at == START + timedelta(days=1)
    clock.go_on(23 * 3600)
    await service.imagine(wanted("a toy", key="4"))


async def test_a_paused_workspace_keeps_its_jobs_waiting(store: Store, service: Service) -> None:
    await teach(store, "<dicoo>")
    await teach(store, "<flip>", by=Person("T2", "eve"), after=1)
    await service.pause(ADMIN, True)
    lease = timedelta(seconds=60)
    taken = await store.jobs.take("d", START, lease, slots=9)
    assert taken is not None
    assert taken.token == "<flip>"
    assert await store.jobs.take("d", START, lease, slots=9) is None
    view = await service.status(BY_ADA)
    assert (view.is_paused, view.jobs_in_work, view.jobs_waiting) == (True, 1, 1)
    await service.pause(ADMIN, False)
    assert await store.jobs.take("d", START, lease, slots=9) is not None


async def test_an_admin_cancels_what_others_asked_for(service: Service) -> None:
    render = await service.imagine(wanted("a toy"))
    await refused(ErrorCode.NOT_YOURS, service.cancel(render.id, LIN))
    await service.cancel(render.id, ADMIN.person, ADMIN.standing)


async def test_own_defaults_fill_in_what_is_not_said(service: Service) -> None:
    await refused(ErrorCode.BAD_NUMBER, service.set_defaults(ADA, Defaults(pictures=99)))
    await service.set_defaults(ADA, Defaults(pictures=2, steps=7))
    assert await service.defaults(ADA) == Defaults(pictures=2, steps=7)
    own = await service.imagine(wanted("a toy", count=None))
    said = await service.imagine(wanted("a toy", key="k2", steps=9))
    other = await service.imagine(wanted("a toy", LIN, "k3", count=None))
    assert (own.count, own.steps, said.count, said.steps) == (2, 7, 1, 9)
    assert other.count == 4


async def further(store: Store, token: str, job_id: str, after: float) -> JobView:
    """A job for a further version of a concept, in line."""
    new = replace(new_job(token, job_id=job_id), is_further=True)
    return await store.jobs.add(new, START + timedelta(seconds=after))


async def failed(store: Store, job: JobView) -> None:
    await store.jobs.take("d", START, timedelta(seconds=60), slots=9)
    await store.jobs.failed(job.id, Failure("host_lost", "It was lost."), START)


async def test_a_job_that_failed_to_improve_it_goes_by_the_new_name(
    store: Store, service: Service, settings: BackendSettings
) -> None:
    await taught(store, service, settings)
    job = await further(store, "<dicoo>", "again", 5)
    await failed(store, job)
    await service.rename(BY_ADA, "<dicoo>", "<robo>")
    assert (await service.job(job.id)).token == "<robo>"
    retried = await service.retry(job.id, BY_ADA)
    assert (retried.token, retried.state) == ("<robo>", JobState.QUEUED)


async def test_what_others_failed_to_teach_before_keeps_its_name(
    store: Store, service: Service, settings: BackendSettings, clock: FakeClock
) -> None:
    theirs = await store.jobs.add(new_job("<dicoo>", LIN, "theirs"), START - timedelta(days=1))
    await failed(store, theirs)
    await taught(store, service, settings)
    await service.rename(BY_ADA, "<dicoo>", "<secret>")
    assert (await service.job(theirs.id)).token == "<dicoo>"


async def test_another_attempt_never_adds_to_what_is_somebody_elses(
    store: Store, service: Service, settings: BackendSettings
) -> None:
    await taught(store, service, settings)
    theirs = await store.jobs.add(new_job("<robo>", LIN, "theirs"), START + timedelta(days=1))
    await failed(store, theirs)
    # The name is free, as what failed holds none.
    await service.rename(BY_ADA, "<dicoo>", "<robo>")
    error = await refused(ErrorCode.TOKEN_TAKEN, service.retry(theirs.id, BY_LIN))
    assert error.by == ADA


async def test_cards_of_what_is_deleted_have_nothing_to_offer(
    store: Store, service: Service, settings: BackendSettings
) -> None:
    job = await taught(store, service, settings)
    lost = await further(store, "<dicoo>", "again", 0)
    await failed(store, lost)
    owed = await service.claim_deliveries(9, 60)
    for one in owed:
        await service.delivered(one.id, one.revision, "1.1")
    assert not (await service.job(job.id)).was_deleted
    await service.delete(BY_ADA, "<dicoo>")
    assert (await service.job(job.id)).was_deleted
    assert {one.subject for one in await service.claim_deliveries(9, 60)} == {job.id, lost.id}
    assert (await service.job(lost.id)).pictures == ()
    await refused(ErrorCode.NO_PICTURES, service.retry(lost.id, BY_ADA))
