"""A run on two real ranks under Intel MPI's hydra, from pictures to a concept file."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from safetensors.numpy import load_file

from backend.runs import launch_here
from cluster.checkpoints import latest_checkpoint
from cluster.embedding_file import read_embedding
from cluster.going_on import go_on_from
from cluster.launcher import ask_to_stop_and_keep, observe, stop
from cluster.layout import find_mpiexec
from cluster.pictures import prepare_pictures
from cluster.run_dir import RunDir
from cluster.settings import ClusterSettings
from cluster.spec import LauncherKind
from cluster.verdict import FailureReason, Verdict, judge
from tests.cluster_ground import Ground
from tests.run_ends import PATIENCE
from tests.tiny_base import TINY_HIDDEN, TINY_SIDE

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]


def _settings(**changes: object) -> ClusterSettings:
    return ClusterSettings.model_validate({"ranks": 2, "threads_per_rank": 1} | changes)


def _end(run: RunDir) -> Verdict:
    """Wait for the verdict."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        verdict = judge(observe(run), run.spec(), time.time())
        if verdict is not None:
            stop(run)
            return verdict
        time.sleep(0.2)
    stop(run)
    pytest.fail(f"no verdict after {PATIENCE} s; see {run.path}")


def _ranks(run: RunDir) -> list[psutil.Process]:
    """The live ranks of a run."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "name"])
        if str(run.path) in (process.info["cmdline"] or [])
        and "python" in (process.info["name"] or "")
        and process.status() != psutil.STATUS_ZOMBIE
    ]


def _wait_for_step(run: RunDir, step: int) -> None:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        lines = run.progress()
        if lines and lines[-1].step >= step:
            return
        verdict = judge(observe(run), run.spec(), time.time())
        assert verdict is None, verdict
        time.sleep(0.1)
    pytest.fail("the run does not move")


@pytest.fixture(scope="module")
def finished(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    assert find_mpiexec() is not None, "impi-rt belongs to the installation on x86-64 Linux"
    run = ground.run(
        tmp_path_factory.mktemp("runs") / "finished",
        preview_interval=10,
        preview_steps=3,
        preview_prompts=("a photo of {}", "a red {} on a blue chair"),
        checkpoint_interval=10,
        save_full_pipeline=True,
    )
    launch_here(run, _settings(launcher=LauncherKind.HYDRA))
    verdict = _end(run)
    assert verdict.succeeded, (verdict, run.launcher_log.read_text())
    return run


def test_result_tells_what_ran(finished: RunDir) -> None:
    result = finished.result()
    assert result is not None
    assert (result.backend, result.world_size, result.steps) == ("gloo", 2, 20)
    assert "mpiexec.hydra" in (finished.launch_record() or pytest.fail("no record")).argv[0]
    assert set(finished.heartbeats()) == {0, 1}
    assert [line.step for line in finished.progress()] == list(range(1, 21))
    drawn = [(preview.step, preview.index) for preview in finished.previews()]
    assert drawn == [(10, 0), (10, 1), (20, 0), (20, 1)]
    first, second = (preview.path.read_bytes() for preview in finished.previews()[-2:])
    assert first != second, "each shows its own prompt"


def test_rows_moved_and_are_the_best_of_the_curve(finished: RunDir, ground: Ground) -> None:
    result = finished.result()
    assert result is not None
    concept = read_embedding(finished.embedding)
    assert concept.rows.shape == (1, TINY_HIDDEN)
    table = load_file(ground.base / "text_encoder" / "model.safetensors")
    weights = next(v for k, v in table.items() if k.endswith("token_embedding.weight"))
    # Of random weights there need be no rows that are better than those of a word.
    last = latest_checkpoint(finished.checkpoints)
    assert last is not None
    moved = np.abs(weights - last.rows.numpy()).max(axis=1).min()
    assert moved > 0, "the row is still its initializer"
    assert np.array_equal(concept.rows, last.best_rows.numpy())
    assert (result.best_step > 0) == (result.best_eval_loss < result.initial_eval_loss)
    curve = [line.eval_loss for line in finished.progress() if line.eval_loss is not None]
    assert result.best_eval_loss == min([result.initial_eval_loss, *curve])


def test_the_file_says_how_well_it_was_learned(finished: RunDir) -> None:
    result, told = finished.result(), read_embedding(finished.embedding).metadata
    assert result is not None
    assert (told["spec_hash"], told["step"]) == (result.spec_hash, str(result.best_step))
    assert float(told["initial_eval_loss"]) == pytest.approx(result.initial_eval_loss, rel=1e-5)
    assert float(told["best_eval_loss"]) == pytest.approx(result.best_eval_loss, rel=1e-5)


def test_plain_diffusers_loads_the_concept(finished: RunDir, ground: Ground) -> None:
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(ground.base)
    pipeline.load_textual_inversion(finished.embedding, token="<dicoo>")
    rows = read_embedding(finished.embedding).rows
    number = pipeline.tokenizer.convert_tokens_to_ids("<dicoo>")
    loaded = pipeline.text_encoder.get_input_embeddings().weight[number].detach().numpy()
    assert np.array_equal(loaded, rows[0])


def test_the_whole_pipeline_has_the_best_rows(finished: RunDir) -> None:
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(finished.pipeline)
    number = pipeline.tokenizer.convert_tokens_to_ids("<dicoo>")
    loaded = pipeline.text_encoder.get_input_embeddings().weight[number].detach().numpy()
    assert np.array_equal(loaded, read_embedding(finished.embedding).rows[0])


def test_the_same_seed_gives_the_same_rows(
    finished: RunDir, ground: Ground, tmp_path: Path
) -> None:
    again = ground.run(tmp_path / "again")
    launch_here(again, _settings(launcher=LauncherKind.HYDRA))
    assert _end(again).succeeded
    first, second = finished.result(), again.result()
    assert first is not None
    assert second is not None
    assert first.rows_sha256 == second.rows_sha256


def test_an_interrupted_run_goes_on_bit_for_bit(ground: Ground, tmp_path: Path) -> None:
    whole, first = (
        ground.run(tmp_path / name, job_id="j", max_steps=80, checkpoint_interval=10)
        for name in ("whole", "first")
    )
    launch_here(whole, _settings(launcher=LauncherKind.HYDRA))
    assert _end(whole).succeeded
    launch_here(first, _settings(launcher=LauncherKind.HYDRA))
    _wait_for_step(first, 11)
    stop(first, grace_seconds=0)
    assert first.result() is None, "it was interrupted"
    second = RunDir.create(tmp_path / "second", first.spec())
    prepare_pictures(ground.pictures, second.images, TINY_SIDE)
    assert go_on_from(second, first) >= 10
    launch_here(second, _settings(launcher=LauncherKind.HYDRA))
    assert _end(second).succeeded
    uninterrupted, resumed = whole.result(), second.result()
    assert uninterrupted is not None
    assert resumed is not None
    assert resumed.rows_sha256 == uninterrupted.rows_sha256
    assert [line.step for line in second.progress()] == list(range(1, 81))
    last = [load_file(run.checkpoints / "step-000080.safetensors") for run in (whole, second)]
    assert all(np.array_equal(last[0][key], last[1][key]) for key in last[0])


def test_torchrun_does_the_same(finished: RunDir, ground: Ground, tmp_path: Path) -> None:
    run = ground.run(tmp_path / "torchrun")
    launch_here(run, _settings(launcher=LauncherKind.TORCHRUN))
    verdict = _end(run)
    assert verdict.succeeded, (verdict, run.launcher_log.read_text())
    result, hydra = run.result(), finished.result()
    assert result is not None
    assert hydra is not None
    assert result.rows_sha256 == hydra.rows_sha256


def test_a_killed_rank_is_found_and_nothing_stays(ground: Ground, tmp_path: Path) -> None:
    run = ground.run(tmp_path / "killed", max_steps=100_000)
    launch_here(run, _settings())
    _wait_for_step(run, 3)
    os.kill(_ranks(run)[0].pid, signal.SIGKILL)
    verdict = _end(run)
    assert not verdict.succeeded
    assert verdict.reason is FailureReason.RANK_LOST
    assert _ranks(run) == []


def test_stopping_ends_every_process(ground: Ground, tmp_path: Path) -> None:
    run = ground.run(tmp_path / "stopped", max_steps=100_000)
    launch_here(run, _settings())
    _wait_for_step(run, 3)
    assert len(_ranks(run)) >= 2
    assert stop(run).processes == 0
    assert _ranks(run) == []


def test_a_rank_that_raises_is_named(ground: Ground, tmp_path: Path) -> None:
    run = ground.run(tmp_path / "raises", initializer="unlikelyword")
    launch_here(run, _settings())
    verdict = _end(run)
    assert verdict.reason is FailureReason.RANK_RAISED
    assert "initializer" in verdict.message
    assert verdict.host
    assert "Traceback" in run.errors()[0].traceback


def test_rows_that_explode_are_called_so(ground: Ground, tmp_path: Path) -> None:
    run = ground.run(tmp_path / "explodes", learning_rate=1, max_steps=2000, warmup_steps=0)
    launch_here(run, _settings())
    verdict = _end(run)
    assert verdict.reason is FailureReason.NON_FINITE
    assert "FIGMENT_LEARNING_RATE" in verdict.hint
    assert _ranks(run) == []


def test_a_run_that_takes_too_long_is_ended(ground: Ground, tmp_path: Path) -> None:
    run = ground.run(tmp_path / "long", max_steps=100_000)
    launch_here(run, _settings())
    _wait_for_step(run, 1)
    # However fast the machine is: the clock is put forward, not waited for.
    late = time.time() + run.spec().deadline_seconds
    verdict = judge(observe(run, late), run.spec(), late)
    assert verdict is not None
    assert verdict.reason is FailureReason.DEADLINE
    assert run.progress(), "it was at work"
    assert stop(run).processes == 0
    assert _ranks(run) == []


def test_ranks_and_accumulation_can_stand_for_each_other(ground: Ground, tmp_path: Path) -> None:
    """Four samples a step, by one, two and four ranks: the same draws, so the same rows."""
    rows = {}
    for ranks in (1, 2, 4):
        run = ground.run(
            tmp_path / f"by-{ranks}",
            batch_size=1,
            gradient_accumulation=4 // ranks,
            max_steps=12,
            precision="fp32",
            keep_best=False,
        )
        launch_here(run, _settings(ranks=ranks))
        assert _end(run).succeeded
        result = run.result()
        assert result is not None
        assert result.world_size == ranks
        rows[ranks] = read_embedding(run.embedding).rows
    # Only the order of summing differs. Adam makes steps of the learning rate (1e-2) even of
    # gradients next to nothing, so this is a hundredth of one step.
    assert np.abs(rows[1] - rows[2]).max() < 1e-4
    assert np.abs(rows[1] - rows[4]).max() < 1e-4


def test_both_ranks_end_after_the_same_step_when_they_are_asked_to(
    ground: Ground, tmp_path: Path
) -> None:
    run = ground.run(tmp_path / "asked", max_steps=100_000)
    launch_here(run, _settings())
    _wait_for_step(run, 3)
    assert ask_to_stop_and_keep(run) == ()
    assert _end(run).succeeded
    result = run.result()
    assert result is not None
    assert result.stopped_because == "asked"
    assert run.progress()[-1].step == result.steps
    assert read_embedding(run.embedding).rows.shape == (1, TINY_HIDDEN)
