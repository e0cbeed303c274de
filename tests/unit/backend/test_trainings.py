"""Training jobs from the queue to their concept, tick by tick."""

import asyncio
from typing import Any

import pytest

from backend.base import Base, BaseShelf
from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState
from backend.policy import Progress
from backend.runs import Look
from backend.settings import BackendSettings
from backend.store import Store
from backend.trainings import Trainings
from backend.views import JobView
from cluster.errors import LaunchError, PictureError, RunDirError
from cluster.verdict import FailureReason, Verdict
from tests.backend_story import LIN, teach
from tests.fakes import FakeClock, FakeRuns

GOING_ON = Look(Progress(step=10, max_steps=40, loss=0.5), None)
SUCCEEDED = Look(Progress(step=40, max_steps=40, loss=0.1), Verdict(True))
RANK_LOST = Look(
    None, Verdict(False, FailureReason.RANK_LOST, "Rank 3 vanished.", "Look there.", "host-2", 3)
)
NON_FINITE = Look(
    None, Verdict(False, FailureReason.NON_FINITE, "The loss is no number.", "Lower.")
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Story:
    """A process that serves trainings, which can be ended and started again."""

    def __init__(self, store: Store, settings: BackendSettings, clock: FakeClock) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.runs = FakeRuns(store.folder)
        self.start_again("first")

    def start_again(self, holder: str) -> None:
        """Forget everything that a process remembers."""
        shelf = BaseShelf(self.settings.base)
        self.trainings = Trainings(
            self.store,
            shelf,
            self.runs,
            self.settings,
            holder,
            self.clock,
        )

    async def tick(self) -> None:
        """Tick, and let what it began come to its end."""
        await self.trainings.tick()
        await self.trainings.close()

    async def trainings_begun(self) -> None:
        """Let what a tick began come to its end, in the middle of another."""
        await asyncio.gather(*self.trainings._beginning.values())

    async def job(self, there: JobView) -> JobView:
        """Return the job as it is now."""
        found = await self.store.jobs.get(there.id)
        assert found is not None
        return found


@pytest.fixture
def story(store: Store, settings: BackendSettings, clock: FakeClock) -> Story:
    """A process with nothing to do."""
    return Story(store, settings.model_copy(update={"job_retries": 1}), clock)


async def test_nothing_to_do(story: Story) -> None:
    await story.tick()
    assert story.runs.calls == []


async def test_a_job_goes_from_the_queue_to_its_concept(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    running = await story.job(job)
    assert (running.state, running.max_steps) == (JobState.RUNNING, 40)
    story.runs.looks = [GOING_ON, SUCCEEDED]
    await story.tick()
    going = await story.job(job)
    assert (going.state, going.step, going.loss) == (JobState.RUNNING, 10, 0.5)
    await story.tick()
    ready = await story.job(job)
    assert (ready.state, ready.step) == (JobState.READY, 40)
    assert ready.concept is not None
    assert ready.concept.improvement == 0.5
    assert [call.split()[0] for call in story.runs.calls] == [
        "prepare", "launch", "look", "look", "stop", "collect",
    ]  # fmt: skip
    await story.tick()
    assert len(story.runs.calls) == 6


async def test_slots_are_filled_and_not_more(story: Story) -> None:
    jobs = [await teach(story.store, f"<x{n}>", after=n) for n in range(3)]
    story.settings = story.settings.model_copy(update={"slots": 2})
    story.start_again("first")
    await story.tick()
    await story.tick()
    states = [(await story.job(job)).state for job in jobs]
    assert states == [JobState.RUNNING, JobState.RUNNING, JobState.QUEUED]


async def test_a_run_is_adopted_by_the_process_that_comes_next(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    story.start_again("second")
    story.runs.looks = [GOING_ON]
    await story.tick()
    assert (await story.job(job)).step == 0
    story.clock.go_on(story.settings.lease_seconds + 1)
    await story.tick()
    assert (await story.job(job)).step == 10
    assert story.runs.calls.count(f"launch {job.id}") == 1


async def test_the_same_holder_started_again_goes_on_at_once(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    story.start_again("first")
    story.runs.looks = [SUCCEEDED]
    await story.tick()
    assert (await story.job(job)).state is JobState.READY
    assert story.runs.calls.count(f"launch {job.id}") == 1


@pytest.mark.parametrize("launched", [True, False])
async def test_a_job_that_was_just_being_begun_is_adopted_or_begun(
    story: Story, launched: bool
) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.store.jobs.take("first", story.clock(), story.trainings._lease, 1)
    if launched:
        story.runs.alive.add(job.id)
    await story.tick()
    assert (await story.job(job)).state is JobState.RUNNING
    assert story.runs.calls.count(f"launch {job.id}") == (0 if launched else 1)


async def test_a_running_job_that_is_cancelled_is_stopped(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    await story.store.jobs.ask_to_cancel(job.id, story.clock())
    await story.tick()
    assert (await story.job(job)).state is JobState.CANCELLED
    assert story.runs.alive == set()


async def test_a_job_that_is_cancelled_while_it_is_prepared_is_not_launched(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    story.runs.gate.clear()
    await story.trainings.tick()
    await story.store.jobs.ask_to_cancel(job.id, story.clock())
    await story.trainings.tick()
    assert (await story.job(job)).state is JobState.STOPPING
    story.runs.gate.set()
    await story.trainings.close()
    await story.tick()
    assert (await story.job(job)).state is JobState.CANCELLED
    assert f"launch {job.id}" not in story.runs.calls


async def test_a_job_that_is_cancelled_while_it_is_launched_is_stopped(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await teach(story.store, "<dicoo>")
    launched, go_on = asyncio.Event(), asyncio.Event()
    store_it = story.store.jobs.launched

    async def launched_slowly(*args: object) -> JobView | None:
        launched.set()
        await go_on.wait()
        return await store_it(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(story.store.jobs, "launched", launched_slowly)
    await story.trainings.tick()
    await launched.wait()
    await story.store.jobs.ask_to_cancel(job.id, story.clock())
    go_on.set()
    await story.trainings.close()
    assert story.runs.alive == {job.id}
    await story.tick()
    assert (await story.job(job)).state is JobState.CANCELLED
    assert story.runs.alive == set()


async def test_processes_that_do_not_go_are_asked_again(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    await story.store.jobs.ask_to_cancel(job.id, story.clock())
    left = [2, 0]
    monkeypatch.setattr(story.runs, "stop", lambda _: left.pop(0))
    await story.tick()
    assert (await story.job(job)).state is JobState.STOPPING
    await story.tick()
    assert (await story.job(job)).state is JobState.CANCELLED


async def test_a_fault_of_a_machine_is_tried_again_and_then_told(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    story.runs.looks = [RANK_LOST]
    await story.tick()
    await story.tick()
    await story.tick()
    again = await story.job(job)
    assert again.attempt == 2
    assert story.runs.calls.count(f"launch {job.id}") == 2
    await story.tick()
    failed = await story.job(job)
    assert failed.state is JobState.FAILED
    assert failed.failure is not None
    assert (failed.failure.reason, failed.failure.host) == ("rank_lost", "host-2")
    assert (failed.failure.message, failed.failure.hint) == ("Rank 3 vanished.", "Look there.")
    assert story.runs.alive == set()


async def test_a_fault_of_the_job_is_told_at_once(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    story.runs.looks = [NON_FINITE]
    await story.tick()
    await story.tick()
    failed = await story.job(job)
    assert (failed.state, failed.attempt) == (JobState.FAILED, 1)
    assert f"stop {job.id}" in story.runs.calls


@pytest.mark.parametrize(
    ("call", "trouble", "reason"),
    [
        ("prepare", PictureError("bad_pictures", "A picture is broken.", ""), "bad_pictures"),
        ("prepare", OSError(28, "No space left on device"), "disk"),
        (
            "launch",
            LaunchError("no_launcher", "There is no mpiexec.", "Install it."),
            "no_launcher",
        ),
        ("launch", ValueError("a mistake of ours"), "internal"),
    ],
)
async def test_a_job_that_cannot_be_begun_says_why(
    story: Story, call: str, trouble: Exception, reason: str
) -> None:
    story.settings = story.settings.model_copy(update={"job_retries": 0})
    story.start_again("first")
    job = await teach(story.store, "<dicoo>")
    story.runs.troubles[call] = trouble
    await story.tick()
    failed = await story.job(job)
    assert failed.state is JobState.FAILED
    assert failed.failure is not None
    assert failed.failure.reason == reason
    assert "Errno" not in failed.failure.message
    await teach(story.store, "<other>")
    await story.tick()
    assert (await story.store.jobs.active("T"))[0].state is JobState.RUNNING


async def test_what_began_while_the_database_was_asked_is_not_begun_again(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teach(story.store, "<dicoo>")
    story.runs.troubles["launch"] = LaunchError("launch_failed", "It did not start.", "")
    story.runs.gate.clear()
    await story.trainings.tick()
    hold = story.store.jobs.hold

    async def slowly(*asked: Any) -> tuple[JobView, ...]:
        found = await hold(*asked)
        story.runs.gate.set()
        await story.trainings_begun()
        return found

    monkeypatch.setattr(story.store.jobs, "hold", slowly)
    await story.tick()
    # The second is that of another attempt, which a launch that failed is worth.
    assert [call.split()[0] for call in story.runs.calls].count("prepare") == 2
    assert "was_launched" not in "".join(story.runs.calls)


async def test_a_launch_that_failed_is_tried_again(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    story.runs.troubles["launch"] = LaunchError("launch_failed", "It did not start.", "")
    await story.tick()
    assert (await story.job(job)).state is JobState.QUEUED
    await story.tick()
    running = await story.job(job)
    assert (running.state, running.attempt) == (JobState.RUNNING, 2)


async def test_a_base_model_that_is_missing_fails_the_job(story: Story) -> None:
    def missing(_: str) -> Base:
        raise BackendError(ErrorCode.BASE_MODEL, "There is no base model.", "Set FIGMENT_BASE.")

    settings = story.settings.model_copy(update={"job_retries": 0})
    story.trainings = Trainings(
        story.store,
        BaseShelf("x", missing),
        story.runs,
        settings,
        "first",
        story.clock,
    )
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    failed = await story.job(job)
    assert failed.failure is not None
    assert (failed.failure.reason, failed.failure.hint) == ("base_model", "Set FIGMENT_BASE.")


async def test_a_folder_that_hiccups_is_no_verdict(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    story.runs.troubles["look"] = OSError(5, "Input/output error")
    await story.tick()
    assert (await story.job(job)).state is JobState.RUNNING
    story.runs.looks = [SUCCEEDED]
    await story.tick()
    assert (await story.job(job)).state is JobState.READY


async def test_a_run_that_nobody_can_watch_is_stopped(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    story.runs.troubles["look"] = RunDirError("bad_run_folder", "It is no run folder.", "")
    await story.tick()
    assert (await story.job(job)).state is JobState.FAILED
    assert story.runs.alive == set()


async def test_a_result_that_cannot_be_kept_fails_the_job(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    story.runs.looks = [SUCCEEDED]
    story.runs.troubles["collect"] = OSError(28, "No space left on device")
    await story.tick()
    failed = await story.job(job)
    assert failed.failure is not None
    assert "No space left" in failed.failure.message
    assert await story.store.concepts.all_of("T") == ()


async def test_a_database_that_hiccups_fails_no_job_and_holds_no_other_up(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.settings = story.settings.model_copy(update={"slots": 2})
    story.start_again("first")
    one, two = await teach(story.store, "<one>"), await teach(story.store, "<two>", LIN, after=1)
    await story.tick()
    story.runs.looks = [GOING_ON]
    progressed = story.store.jobs.progressed

    async def hiccup(job_id: str, *args: object) -> None:
        if job_id == one.id:
            raise ConnectionRefusedError
        await progressed(job_id, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(story.store.jobs, "progressed", hiccup)
    await story.tick()
    assert [(await story.job(job)).state for job in (one, two)] == [JobState.RUNNING] * 2
    assert [(await story.job(job)).step for job in (one, two)] == [0, 10]
    monkeypatch.undo()
    await story.tick()
    assert (await story.job(one)).step == 10


async def test_a_database_that_hiccups_after_the_launch_leaves_a_job_that_is_adopted(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await teach(story.store, "<dicoo>")

    async def hiccup(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(story.store.jobs, "launched", hiccup)
    await story.tick()
    assert (await story.job(job)).state is JobState.PREPARING
    monkeypatch.undo()
    await story.tick()
    assert (await story.job(job)).state is JobState.RUNNING
    assert story.runs.calls.count(f"launch {job.id}") == 1


async def test_a_job_stays_ours_while_its_picture_of_progress_does_not_change(
    story: Story,
) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    story.runs.looks = [GOING_ON]
    revision = (await story.job(job)).revision
    for _ in range(5):
        story.clock.go_on(story.settings.lease_seconds / 2)
        await story.tick()
    assert (await story.job(job)).revision == revision + 1


async def test_a_run_hears_with_every_look_that_it_is_to_end(story: Story) -> None:
    job = await teach(story.store, "<dicoo>")
    await story.tick()
    story.runs.looks = [GOING_ON]
    await story.tick()
    assert f"keep {job.id}" not in story.runs.calls
    await story.store.jobs.ask_to_keep(job.id, story.clock())
    await story.tick()
    await story.tick()
    assert story.runs.calls.count(f"keep {job.id}") == 2
    last = Progress(step=11, max_steps=40, evaluating=True)
    story.runs.looks = [Look(last, None, {"host-1": True}), SUCCEEDED]
    await story.tick()
    assert (await story.job(job)).evaluating
    assert (await story.job(job)).hosts == {"host-1": True}
    await story.tick()
    assert (await story.job(job)).state is JobState.READY
    assert story.runs.calls.count(f"keep {job.id}") == 2
