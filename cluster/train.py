"""What every rank runs: `python -m cluster.train FOLDER`. Parse, build, run, close."""

import argparse
import contextlib
import os
import sys
import threading
import time
import traceback
from pathlib import Path

import structlog
import torch
from accelerate.utils import set_seed

from cluster.clip_folder import find_clip
from cluster.concept_rows import add_concept
from cluster.draws import EVALUATE, START, Draws, evaluation_draw
from cluster.errors import ClusterError
from cluster.evaluation import Denoiser, EvaluationBatch, share_of
from cluster.full_pipeline import ensure_pipeline
from cluster.latents import (
    EncodedEachStep,
    Pictures,
    encode_posteriors,
    load_pixels,
    picture_files,
)
from cluster.model import Base, load_base
from cluster.previews import draw_preview, load_preview_vae, save_preview
from cluster.process_group import join, leave
from cluster.prompts import templates
from cluster.rank import Rank, choose_interface, read_rank
from cluster.rank_trouble import in_words
from cluster.run_dir import RankFailure, RunDir
from cluster.scores import Scorer
from cluster.spec import TrainSpec
from cluster.start import FINE_DRAWS
from cluster.trainer import Trainer

log = structlog.get_logger()

HEARTBEAT_SECONDS = 2.0
HOLD_BACK_FROM = 5
"""Pictures from which on one is only measured on."""
_ORPHANED = 3


def _beat(run: RunDir, rank: int, over: threading.Event) -> None:
    launcher = os.getppid()
    while not over.is_set():
        if os.getppid() != launcher:
            # Nobody is left who could end this rank, and nobody who waits for it.
            os._exit(_ORPHANED)
        with contextlib.suppress(OSError):
            run.beat(rank)
        over.wait(HEARTBEAT_SECONDS)


def _log_to_file(run: RunDir, rank: Rank) -> None:
    """Everything this rank writes goes to a file of its own: a shared pipe tears lines."""
    path = run.rank_log(rank.number)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    # Its last lines are read on a card in Slack.
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


def _pictures(base: Base, spec: TrainSpec, files: tuple[Path, ...]) -> tuple[Pictures, Pictures]:
    """What is trained on, and what is measured on: of many pictures, one that is held back."""
    dtype = base.vae.dtype
    held = files[-1:] if spec.hold_back and len(files) >= HOLD_BACK_FROM else ()
    pixels = load_pixels(files[: len(files) - len(held)], spec.flip, dtype)
    if spec.encode_each_step:
        every: Pictures = EncodedEachStep(base.vae, pixels)
    else:
        every = encode_posteriors(base.vae, pixels)
    if not held:
        return every, every
    return every, encode_posteriors(base.vae, load_pixels(held, spec.flip, dtype))


def build(run: RunDir, rank: Rank) -> Trainer:
    """Everything a rank needs, from the run folder."""
    spec = run.spec()
    torch.set_num_threads(rank.threads)
    set_seed(spec.seed + rank.number)
    accelerator = join(spec, rank)
    if spec.score and spec.clip:
        # It is loaded after the training, all of which would be lost by then.
        find_clip(spec.clip)
    base = load_base(spec)
    files = picture_files(run.images)
    pictures, measured = _pictures(base, spec, files)
    concept = add_concept(base.tokenizer, base.encoder, spec)
    sentences = concept.ids([t.format(concept.name) for t in templates(spec.learnable_property)])
    denoiser = Denoiser(base.unet, base.scheduler)
    draws = Draws(
        seed=spec.seed,
        rank=rank.number,
        world_size=rank.size,
        batch_size=spec.batch_size,
        pictures=len(pictures),
        templates=len(sentences),
        timesteps=base.scheduler.config.num_train_timesteps,
        latent_shape=pictures.shape,
        accumulation=spec.gradient_accumulation,
        stratify=spec.stratify,
        one_sentence=spec.one_sentence,
        repeats=spec.repeats,
        same_noise=spec.same_noise,
    )

    def fixed(of: Pictures, count: int, purpose: int) -> EvaluationBatch:
        draw = evaluation_draw(
            seed=spec.seed,
            count=count,
            pictures=len(of),
            templates=len(sentences),
            timesteps=draws.timesteps,
            latent_shape=of.shape,
            purpose=purpose,
        )
        return share_of(draw, of, sentences, rank.number, rank.size)

    evaluation = fixed(measured, spec.evaluation_draws, EVALUATE)
    starting = fixed(pictures, FINE_DRAWS, START) if spec.choose_start else None
    if not spec.encode_each_step:
        # Only previews, on rank 0, decode; the encoder's half is never needed again.
        base.vae.encoder = None
    previewing = base.vae
    if spec.preview_vae and spec.preview_interval and rank.main:
        previewing = load_preview_vae(spec.preview_vae, base.vae.dtype)

    def preview(step: int) -> None:
        for index, prompt in enumerate(spec.preview_prompts):
            picture = draw_preview(
                denoiser,
                previewing,
                concept,
                prompt=prompt.format(concept.name),
                shape=pictures.shape,
                steps=spec.preview_steps,
                seed=spec.seed,
            )
            save_preview(run, picture, step, index)

    return Trainer(
        run=run,
        spec=spec,
        accelerator=accelerator,
        concept=concept,
        denoiser=denoiser,
        pictures=pictures,
        draws=draws,
        evaluation=evaluation,
        starting=starting,
        sentences=sentences,
        precision=base.precision,
        scorer=Scorer(
            spec=spec,
            rank=rank,
            denoiser=denoiser,
            vae=base.vae,
            concept=concept,
            evaluation=evaluation,
            shape=pictures.shape,
            pictures=files,
        ),
        on_preview=preview,
    )


def _failure(error: BaseException, rank: Rank) -> RankFailure:
    told = error if isinstance(error, ClusterError) else in_words(error, rank)
    return RankFailure(
        rank=rank.number,
        host=rank.host,
        code=told.code,
        message=told.message,
        hint=told.hint,
        traceback="".join(traceback.format_exception(error)),
        time=time.time(),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run one rank; its exit code is 0 only if it went to the end."""
    parser = argparse.ArgumentParser(prog="cluster.train")
    parser.add_argument("run", type=Path)
    folder = os.open(parser.parse_args(arguments).run, os.O_RDONLY | os.O_DIRECTORY)
    # The folder itself and not its name, which after a retry stands for the next attempt: a rank
    # on a host that was thought lost must not write into that.
    run = RunDir(Path(f"/proc/self/fd/{folder}"))
    rank = read_rank()
    _log_to_file(run, rank)
    run.reserve_error(rank.number)
    over = threading.Event()
    heart = threading.Thread(target=_beat, args=(run, rank.number, over), daemon=True)
    heart.start()
    try:
        choose_interface()
        trainer = build(run, rank)
        result = trainer.train()
        if rank.main and trainer.spec.save_full_pipeline:
            # While the others wait and beat: a rank that has left would be missed.
            ensure_pipeline(run)
        trainer.accelerator.wait_for_everyone()
        if rank.main:
            run.write_result(result)
        log.info("done", steps=result.steps, best_loss=result.best_eval_loss)
    except Exception as error:  # the border of the process: whatever it was, leave word of it
        # The log first: whoever sees the error reads it. A full disk may not let it be written.
        with contextlib.suppress(OSError):
            log.exception("gave up", rank=rank.number)
        run.write_error(_failure(error, rank))
        return 1
    finally:
        over.set()
    leave()
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # After a failure, leaving in good order would wait for ranks that may be gone.
    os._exit(code) if code else sys.exit(0)
