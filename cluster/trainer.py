"""The training loop of one rank: textual inversion (arXiv 2208.01618) on a few rows."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import structlog
import torch
from accelerate import Accelerator
from diffusers.training_utils import EMAModel

from cluster.checkpoints import State, latest_checkpoint, rows_hash, save_checkpoint
from cluster.concept_rows import Concept
from cluster.draws import Draws
from cluster.embedding_file import EmbeddingFile, write_embedding
from cluster.embedding_metadata import metadata_of
from cluster.errors import TrainingError
from cluster.evaluation import Denoiser, EvaluationBatch, summed_errors
from cluster.latents import Pictures
from cluster.meaning import check_meaning
from cluster.process_group import backend_in_use
from cluster.rate import learning_rate
from cluster.run_dir import ProgressLine, RunDir, RunResult
from cluster.scores import Scorer
from cluster.spec import Precision, TrainSpec
from cluster.start import choose_start
from cluster.stopping import flattened
from cluster.tempering import tempered

log = structlog.get_logger()


@dataclass
class Trainer:
    """One rank's run. `sentences` int64 [T, L] are the ids of all training prompts."""

    run: RunDir
    spec: TrainSpec
    accelerator: Accelerator
    concept: Concept
    denoiser: Denoiser
    pictures: Pictures
    draws: Draws
    evaluation: EvaluationBatch
    starting: EvaluationBatch | None
    """This rank's share of the batch that starts are compared on, of training pictures; None if
    the start is not chosen."""
    sentences: torch.Tensor
    precision: Precision
    scorer: Scorer
    on_preview: Callable[[int], None]
    """Draws a picture of the concept as it stands; called on rank 0 alone."""
    curve: list[float] = field(default_factory=list)
    start_word: str = ""
    initial_loss: float = math.inf
    best_step: int = 0
    best_loss: float = math.inf
    checkpoint_seconds: float = 0.0
    reduced_bytes: int = 0
    """What a rank handed to the others in the last step."""
    asked_to_stop: bool = False
    """Whether rank 0 had been asked, by the last step, to end with what it has."""

    def __post_init__(self) -> None:
        self.best_rows = self.concept.rows.detach().clone()
        self.optimizer = torch.optim.AdamW(
            [self.concept.parameter],
            lr=self.spec.learning_rate,
            weight_decay=self.spec.weight_decay,
        )
        self.average = self._new_average()
        table = self.concept.encoder.get_input_embeddings().weight
        self._usual_norm = float(table[:1000].detach().float().norm(dim=-1).mean())

    def train(self) -> RunResult:
        """Run to the end; only rank 0 writes.

        Raises:
            TrainingError: the loss or the rows became meaningless.
        """
        started = time.monotonic()
        step = self._resume()
        if not self.curve:
            self._start()
        # A run that had ended and was lost while it was measured is not to learn any further.
        ended = self._ended(step, self._is_evaluated(step))
        while ended is None:
            began = time.monotonic()
            loss = self.step(step)
            step += 1
            evaluated = self._is_evaluated(step)
            eval_loss = self._evaluate(step) if evaluated else None
            ended = self._ended(step, evaluated)
            self._report(step, loss, eval_loss, time.monotonic() - began, ended is not None)
            if step % self.spec.checkpoint_interval == 0 or ended is not None:
                began = time.monotonic()
                self._checkpoint(step)
                self.checkpoint_seconds += time.monotonic() - began
            if self.spec.preview_interval and step % self.spec.preview_interval == 0:
                self._preview(step)
        return self._finish(step, ended, time.monotonic() - started)

    def _is_evaluated(self, step: int) -> bool:
        return (
            step % self.spec.eval_interval == 0
            or step == self.spec.max_steps
            # What was asked to be kept is measured, too: it may be the best.
            or self.asked_to_stop
        )

    def _ended(self, step: int, evaluated: bool) -> str | None:
        """Why no step follows on this one; None if one does. The same on all ranks."""
        if evaluated and self.spec.stop_when_flat and flattened(self.curve):
            return "flat"
        if step >= self.spec.max_steps:
            return "max_steps"
        return "asked" if self.asked_to_stop else None

    def _asked(self) -> float:
        # One rank looks, and the others are told along with the gradient: so all of them end
        # after the same step, whenever and on whichever host the file comes to be.
        main = self.accelerator.is_main_process
        return float(main and self.run.asked_to_stop_and_keep())

    @contextlib.contextmanager
    def _averaged(self) -> Iterator[None]:
        """What the concept would be by now, in the place of the rows."""
        if self.average is None:
            yield
            return
        self.average.store([self.concept.parameter])
        self.average.copy_to([self.concept.parameter])
        try:
            yield
        finally:
            self.average.restore([self.concept.parameter])

    def _preview(self, step: int) -> None:
        if self.accelerator.is_main_process:
            with self._averaged():
                self.on_preview(step)

    def _new_average(self) -> EMAModel | None:
        # A constant rate with an average needs no plan of how long the run will be (Polyak and
        # Juditsky 1992), as a rate that falls towards a last step does.
        return EMAModel([self.concept.parameter], self.spec.average) if self.spec.average else None

    def _start(self) -> None:
        self.start_word, self.initial_loss = self.spec.initializer, self._loss()
        if self.starting is not None:
            start = choose_start(
                self.concept,
                self.denoiser,
                self.starting,
                self.spec.initializer,
                batch_size=self.spec.batch_size,
                world_size=self.accelerator.num_processes,
                reduce=self._sum,
            )
            self.start_word = start.word
            self.average = self._new_average()
            log.info("starts", word=start.word, asked=self.spec.initializer)
            self._evaluate(0)
        else:
            # The average is still the rows themselves, and those have just been measured.
            self._note(0, self.initial_loss)

    def step(self, step: int) -> float:
        """One step (from 0) of all ranks; returns its mean loss.

        Raises:
            TrainingError: the loss or the rows became meaningless.
        """
        spec, parameter = self.spec, self.concept.parameter
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate(step)
        self.optimizer.zero_grad(set_to_none=True)
        total = torch.zeros(())
        for micro in range(spec.gradient_accumulation):
            draw = self.draws.at(step, micro)
            latents = self.pictures.sample(draw.pictures, draw.posterior_noise)
            states = self.concept.encode(self.sentences[draw.templates])
            if spec.sample_tempering:
                states.register_hook(tempered(spec.sample_tempering))
            loss = self.denoiser.errors(latents, draw, states).mean() / spec.gradient_accumulation
            self.accelerator.backward(loss)
            total += loss.detach()
        if parameter.grad is None:
            raise TrainingError("no_gradient", "The concept's rows have no gradient.")
        # n x H floats: all that ever travels between ranks in a step, besides one loss and
        # whether to end.
        told = torch.tensor([float(total), self._asked()])
        packed = torch.cat([parameter.grad.flatten(), told])
        self.reduced_bytes = packed.numel() * packed.element_size()
        packed = self.accelerator.reduce(packed, reduction="mean")
        parameter.grad = packed[:-2].view_as(parameter)
        self.asked_to_stop = float(packed[-1]) > 0
        self.optimizer.step()
        self.concept.restore()
        if self.average is not None:
            self.average.step([parameter])
        mean_loss = float(packed[-2])
        norm = float(self.concept.rows.detach().norm(dim=-1).max())
        check_meaning(step + 1, mean_loss, norm / self._usual_norm)
        return mean_loss

    def _rate(self, step: int) -> float:
        return learning_rate(self.spec, step, self.accelerator.num_processes)

    def _sum(self, mine: torch.Tensor) -> torch.Tensor:
        return cast(torch.Tensor, self.accelerator.reduce(mine, reduction="sum"))

    def _loss(self) -> float:
        """Mean error on the whole evaluation batch."""
        mine = summed_errors(self.denoiser, self.concept, self.evaluation, self.spec.batch_size)
        summed = self._sum(mine)
        return float(summed[0] / summed[1])

    def _evaluate(self, step: int) -> float:
        with self._averaged():
            loss = self._loss()
            self._note(step, loss)
        return loss

    def _note(self, step: int, loss: float) -> None:
        """Add to the curve what the rows came to, and keep them if they are the best."""
        self.curve.append(loss)
        if loss < self.best_loss or not self.spec.keep_best:
            rows = self.concept.rows.detach().clone()
            self.best_loss, self.best_step, self.best_rows = loss, step, rows

    def _report(
        self, step: int, loss: float, eval_loss: float | None, seconds: float, last: bool
    ) -> None:
        if not self.accelerator.is_main_process:
            return
        line = ProgressLine(
            step=step,
            of=self.spec.max_steps,
            loss=loss,
            eval_loss=eval_loss,
            lr=self._rate(step - 1),
            seconds_per_step=seconds,
            eta_seconds=0.0 if last else seconds * (self.spec.max_steps - step),
            time=time.time(),
            last=last,
        )
        self.run.add_progress(line)

    def _checkpoint(self, step: int) -> None:
        if not self.accelerator.is_main_process:
            return
        with self._averaged():
            concept = self.concept.rows.detach().clone()
        state = State(
            step=step,
            concept=concept,
            rows=self.concept.rows.detach().clone(),
            average=None if self.average is None else self.average.state_dict(),
            optimizer=self.optimizer.state_dict(),
            start_word=self.start_word,
            initial_loss=self.initial_loss,
            best_step=self.best_step,
            best_loss=self.best_loss,
            best_rows=self.best_rows,
            curve=tuple(self.curve),
        )
        save_checkpoint(self.run, self.spec.token, state)

    def _resume(self) -> int:
        state = latest_checkpoint(self.run.checkpoints)
        if state is None:
            return 0
        self.concept.put(state.rows)
        self.optimizer.load_state_dict(state.optimizer)
        if self.average is not None and state.average is not None:
            self.average.load_state_dict(state.average)
        self.curve = list(state.curve)
        self.start_word, self.initial_loss = state.start_word, state.initial_loss
        self.best_step, self.best_loss = state.best_step, state.best_loss
        self.best_rows = state.best_rows
        log.info("resumed", step=state.step)
        return state.step

    def _finish(self, steps: int, stopped_because: str, seconds: float) -> RunResult:
        self.concept.put(self.best_rows)
        scores = self.scorer.measure(self.initial_loss, self.best_loss, self._sum)
        result = RunResult(
            job_id=self.spec.job_id,
            spec_hash=self.spec.hash,
            backend=backend_in_use(),
            world_size=self.accelerator.num_processes,
            precision=self.precision.value,
            steps=steps,
            best_step=self.best_step,
            initial_eval_loss=self.initial_loss,
            start_word=self.start_word,
            best_eval_loss=self.best_loss,
            scores=scores,
            seconds=seconds,
            checkpoint_seconds=self.checkpoint_seconds,
            embedding=self.run.embedding.name,
            rows_sha256=rows_hash(self.best_rows),
            stopped_because=stopped_because,
        )
        if self.accelerator.is_main_process:
            metadata = metadata_of(
                self.spec, self.best_step, self.initial_loss, self.best_loss, scores
            )
            concept = EmbeddingFile(self.spec.token, self.best_rows.numpy(), metadata)
            write_embedding(self.run.embedding, concept)
        return result
