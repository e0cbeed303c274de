"""Training jobs in the store: who goes next, who holds what, and what survives."""

import asyncio
import contextlib
import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.errors import BackendError
from backend.jobs import ACTIVE_JOBS, HELD_JOBS, JobState
from backend.models import JobRow, OutboxRow
from backend.people import Person
from backend.policy import Progress
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import Failure
from tests.backend_story import A_NOTE, ADA, LEASE, LIN, MAX, learn, learned, new_job, teach
from tests.fakes import START


async def _positions(store: Store) -> list[tuple[str, int | None]]:
    return [(job.token, job.queue_position) for job in await store.jobs.active("T")]


async def test_people_take_turns(store: Store) -> None:
    await teach(store, "<a1>", ADA)
    await teach(store, "<a2>", ADA, after=1)
    await teach(store, "<l1>", LIN, after=2)
    await teach(store, "<m1>", MAX, after=3)
    assert await _positions(store) == [("<a1>", 1), ("<l1>", 2), ("<m1>", 3), ("<a2>", 4)]
    now = START + timedelta(seconds=4)
    taken = [await store.jobs.take("d", now, LEASE, slots=4) for _ in range(5)]
    assert [job and job.token for job in taken] == ["<a1>", "<l1>", "<m1>", "<a2>", None]


async def test_no_more_are_taken_than_there_are_slots(store: Store) -> None:
    for name in "abc":
        await teach(store, f"<{name}>")
    taken = await asyncio.gather(*(store.jobs.take("d", START, LEASE, slots=2) for _ in range(4)))
    assert len([job for job in taken if job is not None]) == 2
    assert len({job.id for job in taken if job is not None}) == 2
    assert [p for _, p in await _positions(store)] == [None, None, 1]


async def test_a_job_keeps_its_pictures_and_notes(store: Store) -> None:
    job = await teach(store, "<a>")
    assert job.pictures == (Path("/elsewhere/a-0.png"), Path("/elsewhere/a-1.png"))
    assert job.notes == (A_NOTE,)
    assert await store.jobs.by_key("key--T-a") == job == await store.jobs.get(job.id)
    assert await store.jobs.get("x") is None


async def test_a_job_is_held_by_who_took_it_until_its_lease_ends(store: Store) -> None:
    job = await teach(store, "<a>")
    taken = await store.jobs.take("d1", START, LEASE, slots=1)
    assert taken is not None
    assert (taken.id, taken.state, taken.started_at) == (job.id, JobState.PREPARING, START)
    assert [one.id for one in await store.jobs.hold("d1", START, LEASE)] == [job.id]
    assert await store.jobs.hold("d2", START + LEASE, LEASE) == ()
    late = START + LEASE + timedelta(seconds=1)
    assert [one.id for one in await store.jobs.hold("d2", late, LEASE)] == [job.id]
    assert await store.jobs.hold("d1", late, LEASE) == ()


async def test_holding_renews_the_lease(store: Store) -> None:
    await teach(store, "<a>")
    await store.jobs.take("d1", START, LEASE, slots=1)
    for seconds in range(0, 300, 20):
        now = START + timedelta(seconds=seconds)
        assert len(await store.jobs.hold("d1", now, LEASE)) == 1
        assert await store.jobs.hold("d2", now, LEASE) == ()


async def test_progress_is_kept_and_shown_when_it_looks_different(store: Store) -> None:
    job = await teach(store, "<a>")
    await store.jobs.take("d", START, LEASE, slots=1)
    running = await store.jobs.launched(job.id, 200, START)
    assert running is not None
    assert (running.state, running.max_steps) == (JobState.RUNNING, 200)
    preview = store.folder.run(job.id) / "previews" / "step-4-0.png"
    progress = Progress(4, 200, 0.5, 0.25, (0.3, 0.25), 90.0, str(preview))
    await store.jobs.progressed(job.id, progress, START)
    first = await store.jobs.get(job.id)
    assert first is not None
    assert (first.step, first.loss, first.eval_loss, first.curve) == (4, 0.5, 0.25, (0.3, 0.25))
    assert (first.eta_seconds, first.preview) == (90.0, preview)
    assert first.revision == running.revision + 1
    await store.jobs.progressed(
        job.id, Progress(5, 200, 0.4, 0.25, (0.3, 0.25), 80.0, str(preview)), START
    )
    second = await store.jobs.get(job.id)
    assert second is not None
    assert (second.step, second.loss, second.revision) == (5, 0.4, first.revision)


async def test_a_finished_job_leaves_a_concept_and_frees_its_slot(store: Store) -> None:
    ready = await learn(store, "<a>")
    assert (ready.state, ready.ended_at, ready.eta_seconds) == (JobState.READY, START, None)
    assert ready.concept is not None
    assert ready.concept.token == "<a>"
    assert await store.concepts.all_of("T") == (ready.concept,)
    assert await store.concepts.next_version("T", "<a>") == 2
    assert await store.concepts.next_version("T", "<b>") == 1
    await teach(store, "<b>")
    assert await store.jobs.take("d", START, LEASE, slots=1) is not None


async def test_a_job_that_was_cancelled_meanwhile_leaves_no_concept(store: Store) -> None:
    job = await teach(store, "<a>")
    await store.jobs.take("d", START, LEASE, slots=1)
    await store.jobs.launched(job.id, 100, START)
    await store.jobs.ask_to_cancel(job.id, START)
    assert await store.jobs.succeeded(job.id, learned(store, job), START) is None
    assert await store.concepts.all_of("T") == ()
    await store.jobs.progressed(job.id, Progress(step=50, max_steps=100), START)
    stopping = await store.jobs.get(job.id)
    assert stopping is not None
    assert (stopping.state, stopping.step) == (JobState.STOPPING, 0)


async def test_a_failed_job_says_why(store: Store) -> None:
    job = await teach(store, "<a>")
    await store.jobs.take("d", START, LEASE, slots=1)
    failure = Failure("rank_lost", "Rank 3 vanished.", "Look at its host.", "host-2")
    failed = await store.jobs.failed(job.id, failure, START)
    assert failed is not None
    assert (failed.state, failed.failure) == (JobState.FAILED, failure)
    again = await store.jobs.add(new_job("<a>", job_id="again"), START)
    assert (again.state, again.failure) == (JobState.QUEUED, None)


async def test_a_retried_job_begins_from_nothing_in_its_old_place(store: Store) -> None:
    job = await teach(store, "<a>")
    await teach(store, "<b>", LIN, after=1)
    await store.jobs.take("d", START, LEASE, slots=1)
    await store.jobs.launched(job.id, 100, START)
    await store.jobs.progressed(job.id, Progress(50, 100, 0.1, 0.1, (0.1,), 5.0), START)
    again = await store.jobs.retried(job.id, START)
    assert again is not None
    assert (again.state, again.attempt, again.step) == (JobState.QUEUED, 2, 0)
    assert (again.curve, again.loss, again.eta_seconds) == ((), None, None)
    assert await _positions(store) == [("<a>", 1), ("<b>", 2)]
    assert await store.jobs.hold("d", START, LEASE) == ()


async def test_what_cannot_happen_does_nothing(store: Store) -> None:
    job = await teach(store, "<a>")
    before = await store.jobs.get(job.id)
    assert await store.jobs.launched(job.id, 1, START) is None
    assert await store.jobs.stopped(job.id, START) is None
    assert await store.jobs.retried(job.id, START) is None
    assert await store.jobs.failed(job.id, Failure("x", "y"), START) is None
    assert await store.jobs.succeeded("no such job", learned(store, job), START) is None
    assert await store.jobs.get(job.id) == before


OPERATIONS = ("teach", "take", "launch", "succeed", "fail", "retry", "cancel", "stop", "hold")
PEOPLE = (ADA, LIN, Person("T2", "eve"))
SLOTS = 2


@given(
    st.lists(
        st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 5), st.sampled_from(PEOPLE)),
        min_size=5,
        max_size=25,
    )
)
@settings(max_examples=12)
def test_whatever_happens_the_queue_is_sound(
    migrated_sqlite: Path, story: list[tuple[str, int, Person]]
) -> None:
    with TemporaryDirectory() as folder:
        shutil.copyfile(migrated_sqlite, Path(folder) / "figment.db")
        asyncio.run(_live(Path(folder), story))


async def _live(folder: Path, story: list[tuple[str, int, Person]]) -> None:
    store = Store.open(BackendSettings(_env_file=None, data=folder))
    try:
        for minute, (what, which, who) in enumerate(story):
            now = START + timedelta(minutes=minute)
            jobs = store.jobs
            if what == "teach":
                with contextlib.suppress(BackendError):
                    await jobs.add(new_job(f"<{which}>", who, f"job{minute}"), now)
            elif what == "take":
                await jobs.take("d", now, LEASE, SLOTS)
            elif what == "hold":
                await jobs.hold("d", now, LEASE)
            else:
                everyone = [*await jobs.active("T"), *await jobs.active("T2")]
                if not everyone:
                    continue
                job = everyone[which % len(everyone)]
                job_id = job.id
                match what:
                    case "launch":
                        await jobs.launched(job_id, 100, now)
                    case "succeed":
                        await jobs.succeeded(job_id, learned(store, job), now)
                    case "fail":
                        await jobs.failed(job_id, Failure("x", "y"), now)
                    case "retry":
                        await jobs.retried(job_id, now)
                    case "cancel":
                        await jobs.ask_to_cancel(job_id, now)
                    case "stop":
                        await jobs.stopped(job_id, now)
            await _check_sound(store)
    finally:
        await store.close()


async def _check_sound(store: Store) -> None:
    async with store.jobs._database.reading() as session:
        jobs = (await session.scalars(select(JobRow))).all()
        owed = {row.subject: row for row in await session.scalars(select(OutboxRow))}
    waiting = [job for job in jobs if job.state is JobState.QUEUED]
    assert sorted(job.queue_position or 0 for job in waiting) == [*range(1, len(waiting) + 1)]
    active = [(job.workspace, job.token) for job in jobs if job.state in ACTIVE_JOBS]
    assert len(set(active)) == len(active)
    held = [job for job in jobs if job.held_by is not None]
    assert {job.id for job in held} == {job.id for job in jobs if job.state in HELD_JOBS}
    assert len(held) <= SLOTS
    for job in jobs:
        assert owed[job.id].wanted == job.revision
        assert (job.ended_at is None) is (job.state in ACTIVE_JOBS)
        assert (job.queue_position is None) is (job.state is not JobState.QUEUED)


@pytest.mark.parametrize("copies", [2, 5])
async def test_requests_at_once_get_places_of_their_own(store: Store, copies: int) -> None:
    await asyncio.gather(
        *(teach(store, f"<x{n}>", Person("T", f"p{n}"), after=n) for n in range(copies))
    )
    assert [p for _, p in await _positions(store)] == [*range(1, copies + 1)]
