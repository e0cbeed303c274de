"""What can be asked for about a job that is there: keep, retry, train longer, its outlook."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import BackendError, ErrorCode
from backend.forecast import Forecast, Past, forecast
from backend.job_options import JobOptions, check_options, settings_with
from backend.jobs import JobState
from backend.people import Asker, Person, Standing
from backend.policy import Progress
from backend.roles import Rules
from backend.service import Service
from backend.store import Store
from backend.views import Failure, JobView
from cluster.settings import ClusterSettings
from tests.backend_story import ADA, LEASE, LIN, TOYS, learn, learned, new_job, teach
from tests.fakes import START, FakeClock

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FAILURE = Failure("host_lost", "It was lost.", "Look there.", "host-2", "log")


async def running(store: Store, word: str = "<dicoo>") -> JobView:
    await teach(store, word)
    taken = await store.jobs.take("d", START, LEASE, slots=100)
    assert taken is not None
    launched = await store.jobs.launched(taken.id, 100, START)
    assert launched is not None
    return launched


async def test_only_a_running_job_of_ones_own_is_kept(store: Store, service: Service) -> None:
    job = await running(store)
    with pytest.raises(BackendError) as told:
        await service.keep(job.id, Asker(LIN))
    assert told.value.code is ErrorCode.NOT_YOURS
    kept = await service.keep(job.id, Asker(ADA))
    assert kept.keep_asked
    assert kept.revision > job.revision
    again = await service.keep(job.id, Asker(ADA))
    assert again.revision == kept.revision, "asking twice is nothing new to show"
    waiting = await teach(store, "<other>")
    with pytest.raises(BackendError) as told:
        await service.keep(waiting.id, Asker(ADA))
    assert told.value.code is ErrorCode.ALREADY_ENDED


async def test_a_failed_job_is_tried_again_on_its_own_card(store: Store, service: Service) -> None:
    job = await running(store)
    with pytest.raises(BackendError):
        await service.retry("nothing", Asker(ADA))
    await store.jobs.hosts_seen(job.id, {"host-1": True}, START)
    await store.jobs.failed(job.id, FAILURE, START)
    again = await service.retry(job.id, Asker(ADA))
    assert (again.id, again.state, again.attempt) == (job.id, JobState.QUEUED, 2)
    assert (again.failure, again.queue_position, again.ended_at) == (None, 1, None)
    assert (again.pictures, again.hosts) == (job.pictures, {})
    assert (await service.retry(job.id, Asker(ADA))).attempt == 2, "the same ask, served once more"


async def test_another_attempt_is_not_ended_by_the_wish_to_keep_the_one_before(
    store: Store, service: Service
) -> None:
    job = await running(store)
    await service.keep(job.id, Asker(ADA))
    await store.jobs.retried(job.id, START)
    assert not (await service.job(job.id)).keep_asked
    await store.jobs.take("d", START, LEASE, slots=100)
    await store.jobs.launched(job.id, 100, START)
    assert (await service.keep(job.id, Asker(ADA))).keep_asked


async def test_another_attempt_cannot_take_a_token_away(store: Store, service: Service) -> None:
    job = await running(store)
    await store.jobs.failed(job.id, FAILURE, START)
    later = new_job("<dicoo>", LIN, "later")
    await store.jobs.add(later, START + timedelta(seconds=5))
    with pytest.raises(BackendError) as told:
        await service.retry(job.id, Asker(ADA))
    assert told.value.code is ErrorCode.TOKEN_TAKEN


@SQLITE
async def test_a_ready_job_is_trained_longer(store: Store, service: Service) -> None:
    job = await learn(store, "<dicoo>")
    with pytest.raises(BackendError, match="nothing of <dicoo> left"):
        await service.train_longer(job.id, Asker(ADA), TOYS, "key")
    checkpoints = store.folder.run(job.id) / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "step-000100.state").touch()
    with pytest.raises(BackendError) as told:
        await service.train_longer(job.id, Asker(ADA), TOYS, "key")
    assert told.value.code is ErrorCode.CANNOT_SAVE, "its pictures are gone"


@SQLITE
async def test_what_is_trained_longer_becomes_a_further_version(
    store: Store, service: Service, tmp_path: Path
) -> None:
    new = new_job("<dicoo>")
    pictures = tuple(tmp_path / f"{n}.png" for n in range(2))
    for picture in pictures:
        picture.write_bytes(b"picture")
    uploads = tuple(
        type(one)(one.name, path, one.source)
        for one, path in zip(new.uploads, pictures, strict=True)
    )
    await store.jobs.add(replace(new, uploads=uploads), START)
    taken = await store.jobs.take("d", START, LEASE, slots=1)
    assert taken is not None
    await store.jobs.launched(taken.id, 100, START)
    await store.jobs.progressed(taken.id, Progress(step=80, max_steps=100), START)
    await store.jobs.succeeded(taken.id, learned(store, taken), START)
    checkpoints = store.folder.run(taken.id) / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "step-000080.state").touch()
    longer = await service.train_longer(taken.id, Asker(ADA), TOYS, "key")
    assert longer.id != taken.id
    assert (longer.goes_on_from, longer.max_steps, longer.token) == (taken.id, 180, "<dicoo>")
    assert longer.options == JobOptions(max_steps=180, stop_when_flat=False)
    assert [path.read_bytes() for path in longer.pictures] == [b"picture"] * 2
    assert (await service.train_longer(taken.id, Asker(ADA), TOYS, "key")).id == longer.id
    with pytest.raises(BackendError) as told:
        await service.train_longer(taken.id, Asker(ADA), TOYS, "another")
    assert told.value.code is ErrorCode.TOKEN_TAKEN


async def test_a_waiting_job_is_told_when_it_will_be_ready(
    store: Store, service: Service, clock: FakeClock
) -> None:
    for n in range(3):
        job = await running(store, f"<x{n}>")
        await store.jobs.progressed(job.id, Progress(step=100, max_steps=100), START)
        later = START + timedelta(seconds=100 * (n + 1))
        waiting = await teach(store, f"<w{n}>", LIN, after=1000)
        assert (await service.job(waiting.id)).forecast is None, "of so few nothing is told"
        await store.jobs.ask_to_cancel(waiting.id, later)
        await store.jobs.succeeded(job.id, learned(store, job), later)
    one = await teach(store, "<one>", after=2000)
    two = await teach(store, "<two>", after=2001)
    assert (await service.job(one.id)).forecast == Forecast(0, 200, 3)
    assert (await service.job(two.id)).forecast == Forecast(200, 400, 3)


@given(
    st.lists(st.tuples(st.floats(1, 1e5), st.integers(1, 1000)), max_size=6),
    st.lists(st.integers(0, 500), max_size=4),
    st.lists(st.integers(1, 500), max_size=6),
    st.integers(1, 4),
)
def test_more_in_line_never_means_earlier(
    past: list[tuple[float, int]], running: list[int], ahead: list[int], slots: int
) -> None:
    jobs = [Past(*job) for job in past]
    told = forecast(jobs, running, ahead, 100, slots)
    if len(past) < 3:
        assert told is None
        return
    behind = forecast(jobs, running, [*ahead, 50], 100, slots)
    assert told is not None
    assert behind is not None
    assert 0 <= told.begins_in <= behind.begins_in
    assert told.ready_in > told.begins_in


def test_options_go_over_the_settings_and_recipes() -> None:
    settings = ClusterSettings(_env_file=None, max_steps=40)
    options = JobOptions(vectors=2, learning_rate=0.01)
    merged = settings_with(settings, options)
    assert (merged.max_steps, merged.vectors, merged.learning_rate) == (40, 2, 0.01)
    assert "vectors" in merged.model_fields_set, "no recipe undoes what somebody chose"


@pytest.mark.parametrize(
    "options",
    [{"max_steps": 0}, {"vectors": 9}, {"learning_rate": float("nan")}, {"repeats": 101}],
)
def test_options_out_of_limits_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(BackendError) as told:
        check_options(JobOptions.model_validate(options, strict=False))
    assert told.value.code is ErrorCode.BAD_NUMBER


@SQLITE
async def test_another_attempt_counts_as_an_open_job(store: Store, service: Service) -> None:
    failed = []
    for word in ("<a>", "<b>"):
        job = await running(store, word)
        await store.jobs.failed(job.id, FAILURE, START)
        failed.append(job.id)
    boss = Asker(Person("T", "boss"), Standing(is_admin=True), "toys")
    await service.set_rules(boss, Rules(open_jobs=1))
    await service.retry(failed[0], Asker(ADA))
    with pytest.raises(BackendError) as told:
        await service.retry(failed[1], Asker(ADA))
    assert told.value.code is ErrorCode.QUOTA_REACHED


async def test_a_log_that_ends_in_nothing_is_kept_too(store: Store) -> None:
    job = await running(store)
    await store.jobs.failed(job.id, replace(FAILURE, log="last\0\0", message="No\0."), START)
    there = await store.jobs.get(job.id)
    assert there is not None
    assert there.failure is not None
    assert (there.failure.message, there.failure.log) == ("No.", "last")


@SQLITE
async def test_only_steps_that_a_job_took_itself_tell_how_long_others_will(
    store: Store, clock: FakeClock
) -> None:
    once = await running(store, "<once>")
    twice = await running(store, "<twice>")
    await store.jobs.retried(twice.id, START)
    again = await store.jobs.take("d", START, LEASE, slots=100)
    assert again is not None
    await store.jobs.launched(again.id, 100, START)
    for job in (once, again):
        await store.jobs.progressed(job.id, Progress(step=50, max_steps=100), START)
        end = START + timedelta(seconds=100)
        await store.jobs.succeeded(job.id, learned(store, job), end)
    assert await store.jobs.past() == (Past(100.0, 50),)
    longer = replace(new_job("<once>", job_id="longer"), is_further=True, goes_on_from=once.id)
    await store.jobs.add(longer, START)
    await teach(store, "<new>", after=1)
    assert (await store.jobs.in_line())[1] == (50, 100)
