"""Run folders and processes of jobs, with real processes that train nothing."""

import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from backend.base import Base, load_base
from backend.jobs import JobState
from backend.layout import DataFolder
from backend.people import Person, Place
from backend.runs import Runs, launch_here
from backend.views import JobView
from cluster.checkpoints import latest_checkpoint
from cluster.command import LaunchPlan, Layout
from cluster.errors import ClusterError, LaunchError
from cluster.fit_hosts import LeftOutHost
from cluster.launcher import launch
from cluster.run_dir import ProgressLine, RunDir, RunResult
from cluster.settings import ClusterSettings
from cluster.slots import Slot
from cluster.spec import LauncherKind, LearnableProperty, Profile
from cluster.verdict import FailureReason
from tests.fakes import START
from tests.paper_base import PAPER_SIDE
from tests.tiny_clip import make_tiny_clip
from tests.tiny_vae import make_tiny_vae
from tests.toy_pictures import has_red_edges, write_toy_pictures, write_wide_pictures

SETTINGS = ClusterSettings(_env_file=None, max_steps=30, job_deadline_minutes=5)
HERE = Layout(
    hosts=(), ranks_per_host=1, threads_per_rank=1, launcher=LauncherKind.TORCHRUN,
    profile=Profile.NATIVE, iface="lo", master_addr="127.0.0.1", master_port=1,
)  # fmt: skip


def _sleeps(run: RunDir, _: ClusterSettings, slot: Slot) -> tuple[LeftOutHost, ...]:
    layout = replace(HERE, slot=slot.index)
    launch(run, LaunchPlan((sys.executable, "-c", "import time; time.sleep(60)"), (), ""), layout)
    return ()


def _complains(run: RunDir, _: ClusterSettings, __: Slot) -> tuple[LeftOutHost, ...]:
    launch(run, LaunchPlan((sys.executable, "-c", "print('no such host: xeon-9')"), (), ""))
    return (LeftOutHost("xeon-9", "It is not there."),)


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Three good pictures."""
    return write_toy_pictures(tmp_path_factory.mktemp("toys"), 3)


@pytest.fixture
def job(toys: tuple[Path, ...]) -> JobView:
    """A job that was taken."""
    return JobView(
        id="job1",
        state=JobState.PREPARING,
        token="<dicoo>",
        initializer="toy",
        learnable_property=LearnableProperty.STYLE,
        owner=Person("T/1", "ada"),
        place=Place("T/1", "toys"),
        pictures=toys,
        notes=(),
        queue_position=None,
        step=0,
        max_steps=30,
        loss=None,
        eval_loss=None,
        curve=(),
        eta_seconds=None,
        preview=None,
        failure=None,
        concept=None,
        attempt=1,
        created_at=START,
        started_at=START,
        ended_at=None,
        revision=1,
    )


@pytest.fixture(scope="module")
def base(paper_base: Path) -> Base:
    """The base model."""
    return load_base(str(paper_base))


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """An empty data folder."""
    return DataFolder(tmp_path / "data")


@pytest.fixture
def runs(folder: DataFolder) -> Iterator[Runs]:
    """Runs whose processes only sleep."""
    runs = Runs(folder, SETTINGS, _sleeps)
    yield runs
    runs.stop("job1")


def _line(step: int, eval_loss: float | None = None) -> ProgressLine:
    return ProgressLine(
        step=step, of=30, loss=0.5, eval_loss=eval_loss, lr=0.1, seconds_per_step=1,
        eta_seconds=30 - step, time=0,
    )  # fmt: skip


def _result(run: RunDir, **changes: object) -> RunResult:
    told = {
        "job_id": "job1", "spec_hash": run.spec().hash, "backend": "gloo", "world_size": 2,
        "precision": "fp32", "steps": 30, "best_step": 20, "initial_eval_loss": 0.4,
        "best_eval_loss": 0.3, "seconds": 9, "embedding": "learned_embeds.safetensors",
        "rows_sha256": "ab" * 32, "stopped_because": "flat",
    } | changes  # fmt: skip
    return RunResult.model_validate(told)


def test_a_run_gets_its_spec_and_its_pictures(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    spec = runs.prepare(job, base)
    run = RunDir(folder.run("job1"))
    assert run.spec() == spec
    assert (spec.token, spec.initializer, spec.job_id) == ("<dicoo>", "toy", "job1")
    assert spec.learnable_property is LearnableProperty.STYLE
    assert (spec.base, spec.base_hash) == (str(base.folder), base.hash)
    assert (spec.resolution, spec.max_steps, spec.deadline_seconds) == (PAPER_SIDE, 30, 300)
    images = sorted(run.images.glob("*.png"))
    assert len(images) == 3
    with Image.open(images[0]) as image:
        assert (image.size, image.mode) == ((PAPER_SIDE, PAPER_SIDE), "RGB")
    assert not runs.was_launched("job1")


def test_a_run_knows_the_folder_of_its_preview_vae(
    folder: DataFolder, job: JobView, base: Base, tmp_path: Path
) -> None:
    vae = make_tiny_vae(tmp_path / "vae")
    settings = SETTINGS.model_copy(update={"preview_vae": str(vae)})
    assert Runs(folder, settings, _sleeps).prepare(job, base).preview_vae == str(vae)
    other = make_tiny_vae(tmp_path / "other", channels=8)
    unfit = settings.model_copy(update={"preview_vae": str(other)})
    with pytest.raises(ClusterError) as caught:
        Runs(folder, unfit, _sleeps).prepare(job, base)
    assert caught.value.code == "preview_vae"


def test_a_run_knows_the_folder_of_its_clip_model(
    folder: DataFolder, job: JobView, base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_tiny_clip(tmp_path / "clip")
    monkeypatch.chdir(tmp_path)
    settings = SETTINGS.model_copy(update={"clip": "clip"})
    assert Runs(folder, settings, _sleeps).prepare(job, base).clip == str(clip)
    (clip / "model.safetensors").unlink()
    with pytest.raises(ClusterError) as caught:
        Runs(folder, settings, _sleeps).prepare(job, base)
    assert caught.value.code == "clip_model"


@pytest.mark.parametrize("crop", [True, False])
def test_pictures_are_cropped_only_if_that_is_wished(
    folder: DataFolder, job: JobView, base: Base, tmp_path: Path, crop: bool
) -> None:
    wide = write_wide_pictures(tmp_path / "wide", 2)
    runs = Runs(folder, SETTINGS.model_copy(update={"center_crop": crop}), _sleeps)
    runs.prepare(replace(job, pictures=wide), base)
    images = RunDir(folder.run("job1")).images.glob("*.png")
    assert [has_red_edges(path) for path in images] == [not crop] * 2


def test_a_half_prepared_folder_is_made_anew(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    runs.prepare(job, base)
    (folder.run("job1") / "images" / "torn.png").write_text("half a picture")
    runs.prepare(job, base)
    assert len(list((folder.run("job1") / "images").glob("*.png"))) == 3


def test_a_picture_that_went_bad_is_an_error(runs: Runs, job: JobView, base: Base) -> None:
    job.pictures[0].with_name("bad.png").write_text("no picture")
    bad = replace(job, pictures=(job.pictures[0].with_name("bad.png"),))
    with pytest.raises(ClusterError, match=r"bad\.png"):
        runs.prepare(bad, base)


def test_a_run_is_seen_and_stopped_by_whoever_comes_next(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    runs.prepare(job, base)
    runs.launch("job1")
    assert runs.was_launched("job1")
    later = Runs(folder, SETTINGS)
    assert later.look("job1", time.time()).verdict is None
    assert later.stop("job1") == 0
    assert later.stop("job1") == 0
    verdict = later.look("job1", time.time()).verdict
    assert verdict is not None
    assert verdict.reason is FailureReason.LAUNCH_FAILED


def test_progress_is_read_as_a_card_needs_it(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    runs.prepare(job, base)
    assert runs.look("job1", 0).progress is None
    run = RunDir(folder.run("job1"))
    for line in (_line(1, 0.4), _line(2), _line(3, 0.3), _line(4)):
        run.add_progress(line)
    with (run.path / "progress.jsonl").open("ab") as file:
        file.write(b'{"step": 5, "of"')
    (run.path / "previews" / "step-3-0.png").touch()
    (run.path / "previews" / "step-3-1.png").touch()
    progress = runs.look("job1", 0).progress
    assert progress is not None
    assert (progress.step, progress.max_steps, progress.loss) == (4, 30, 0.5)
    assert (progress.eval_loss, progress.curve, progress.eta_seconds) == (0.3, (0.4, 0.3), 26)
    assert progress.preview == str(run.path / "previews" / "step-3-0.png")


def test_a_launcher_that_ends_at_once_is_told_in_its_own_words(
    folder: DataFolder, job: JobView, base: Base
) -> None:
    runs = Runs(folder, SETTINGS, _complains)
    runs.prepare(job, base)
    assert runs.launch("job1") == (LeftOutHost("xeon-9", "It is not there."),)
    deadline = time.monotonic() + 300
    while (verdict := runs.look("job1", time.time()).verdict) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert verdict.reason is FailureReason.LAUNCH_FAILED
    assert "no such host: xeon-9" in verdict.message


@pytest.mark.parametrize("wished", [True, False])
def test_a_pipeline_is_there_if_it_is_wished(
    folder: DataFolder, job: JobView, base: Base, monkeypatch: pytest.MonkeyPatch, wished: bool
) -> None:
    ensured: list[Path] = []
    monkeypatch.setattr("backend.runs.ensure_pipeline", lambda run: ensured.append(run.path))
    runs = Runs(folder, SETTINGS.model_copy(update={"save_full_pipeline": wished}), _sleeps)
    runs.prepare(job, base)
    run = RunDir(folder.run("job1"))
    run.embedding.write_bytes(b"rows")
    run.write_result(_result(run))
    runs.collect(job, 1)
    assert ensured == ([run.path] if wished else [])


def test_what_a_run_learned_is_copied_to_its_place(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    runs.prepare(job, base)
    run = RunDir(folder.run("job1"))
    with pytest.raises(ClusterError, match="no result"):
        runs.collect(job, 1)
    run.embedding.write_bytes(b"rows")
    (run.path / "previews" / "step-10-0.png").write_bytes(b"early")
    (run.path / "previews" / "step-20-0.png").write_bytes(b"late")
    (run.path / "previews" / "step-20-1.png").write_bytes(b"of another prompt")
    run.write_result(_result(run))
    verdict = runs.look("job1", 0).verdict
    assert verdict is not None
    assert verdict.succeeded
    for _ in range(2):
        concept = runs.collect(job, 3)
    assert concept.embedding == folder.embedding("T/1", "<dicoo>", 3)
    assert concept.embedding.read_bytes() == b"rows"
    assert [sample.read_bytes() for sample in concept.samples] == [b"late"]
    assert (concept.sha256, concept.vectors, concept.base_hash) == ("ab" * 32, 1, base.hash)
    assert concept.improvement == pytest.approx(0.25)
    assert concept.embedding.is_relative_to(folder.root / "concepts")


def test_a_result_of_another_spec_proves_nothing(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    runs.prepare(job, base)
    run = RunDir(folder.run("job1"))
    run.write_result(_result(run, spec_hash="another"))
    verdict = runs.look("job1", 0).verdict
    assert verdict is not None
    assert not verdict.succeeded


def test_the_folder_of_an_earlier_attempt_is_put_away(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    runs.prepare(job, base)
    runs.launch("job1")
    runs.stop("job1")
    runs.prepare(replace(job, attempt=2), base)
    assert RunDir(folder.past_run("job1", 1)).launch_record() is not None
    assert not runs.was_launched("job1")


def test_another_attempt_goes_on_from_the_last_checkpoint(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    runs.prepare(job, base)
    runs.launch("job1")
    run = RunDir(folder.run("job1"))
    for step in (1, 2, 3):
        run.add_progress(_line(step))
    for name in ("step-000002.safetensors", "step-000002.state"):
        (run.checkpoints / name).write_text(name)
    runs.stop("job1")
    runs.prepare(replace(job, attempt=2), base)
    assert [line.step for line in run.progress()] == [1, 2]
    assert (run.checkpoints / "step-000002.state").read_text() == "step-000002.state"
    # Interrupted before it was launched, it is prepared once more.
    runs.prepare(replace(job, attempt=2), base)
    assert [line.step for line in run.progress()] == [1, 2]


def _stopped_after_two_steps(runs: Runs, folder: DataFolder, job: JobView, base: Base) -> RunDir:
    """The run of a job that was stopped with a checkpoint."""
    runs.prepare(job, base)
    runs.launch("job1")
    run = RunDir(folder.run("job1"))
    run.add_progress(_line(2))
    (run.checkpoints / "step-000002.state").touch()
    runs.stop("job1")
    return run


def test_an_attempt_that_could_not_be_launched_loses_no_checkpoint(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    run = _stopped_after_two_steps(runs, folder, job, base)
    for attempt in (2, 3, 4):
        # Each is prepared, and its hosts do not answer when it is to begin.
        runs.prepare(replace(job, attempt=attempt), base)
        assert [line.step for line in run.progress()] == [2], attempt


def test_another_spec_begins_at_the_beginning(
    folder: DataFolder, job: JobView, base: Base, runs: Runs
) -> None:
    runs.prepare(job, base)
    runs.launch("job1")
    runs.stop("job1")
    (RunDir(folder.run("job1")).checkpoints / "step-000002.state").touch()
    Runs(folder, SETTINGS.model_copy(update={"seed": 8}), _sleeps).prepare(
        replace(job, attempt=2), base
    )
    assert latest_checkpoint(RunDir(folder.run("job1")).checkpoints) is None


def test_jobs_at_the_same_time_get_slots_of_their_own(
    folder: DataFolder, job: JobView, base: Base
) -> None:
    runs = Runs(folder, SETTINGS, _sleeps, slots=2)
    names = ("job1", "job2", "job3")
    for name in names:
        runs.prepare(replace(job, id=name), base)

    def slot(name: str) -> int:
        record = RunDir(folder.run(name)).launch_record()
        assert record is not None
        return record.slot

    try:
        runs.launch("job1")
        Runs(folder, SETTINGS, _sleeps, slots=2).launch("job2")
        runs.stop("job1")
        runs.launch("job3")
        assert [slot(name) for name in names] == [0, 1, 0]
    finally:
        for name in names:
            runs.stop(name)


@pytest.mark.parametrize("error", [LaunchError("x", "No."), OSError(28, "No space left on device")])
def test_pictures_do_not_stay_on_hosts_if_the_run_cannot_begin(
    runs: Runs,
    folder: DataFolder,
    job: JobView,
    base: Base,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    runs.prepare(job, base)
    run = RunDir(folder.run("job1"))
    taken_away: list[tuple[str, ...]] = []

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("backend.runs.stage", lambda *_: ("xeon-1",))
    monkeypatch.setattr("backend.runs.unstage", lambda _, hosts, __: taken_away.append(hosts))
    monkeypatch.setattr("backend.runs.launch", fails)
    with pytest.raises(type(error)):
        launch_here(run, SETTINGS)
    assert taken_away == [("xeon-1",)]


def test_another_attempt_with_a_longer_deadline_goes_on(
    runs: Runs, folder: DataFolder, job: JobView, base: Base
) -> None:
    run = _stopped_after_two_steps(runs, folder, job, base)
    longer = SETTINGS.model_copy(update={"job_deadline_minutes": 60, "max_steps": 20})
    Runs(folder, longer, _sleeps).prepare(replace(job, attempt=2), base)
    assert [(line.step, line.of) for line in run.progress()] == [(2, 20)]


def test_a_job_is_not_taught_on_another_base_than_it_records(
    folder: DataFolder,
    job: JobView,
    paper_base: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied = Path(shutil.copytree(paper_base, tmp_path / "base"))
    read = load_base(str(copied))
    started: list[RunDir] = []
    monkeypatch.setattr("backend.runs.launch", lambda run, *_: started.append(run))
    runs = Runs(folder, SETTINGS)
    runs.prepare(job, read)
    runs.launch("job1")
    assert len(started) == 1
    weights = copied / "unet" / "model.safetensors"
    weights.write_bytes(weights.read_bytes() + b"other")
    runs.prepare(replace(job, id="job2"), read)
    with pytest.raises(ClusterError, match="has been replaced"):
        runs.launch("job2")
    assert len(started) == 1
