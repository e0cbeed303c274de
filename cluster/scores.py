"""What is measured of a concept at the end of a run; every rank does its share."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from PIL import Image

from cluster.clip_scores import clip_scores, load_clip
from cluster.concept_rows import Concept
from cluster.drawing import decode_latents, draw_latents
from cluster.editability import editability_share
from cluster.evaluation import Denoiser, EvaluationBatch, summed_errors
from cluster.prompts import templates
from cluster.rank import Rank
from cluster.run_dir import Scores
from cluster.scoring_work import CLIP_STEPS, place_phrases
from cluster.spec import TrainSpec

Reduce = Callable[[torch.Tensor], torch.Tensor]
"""Sums over all ranks."""


@dataclass(frozen=True)
class Scorer:
    """Measures the rows that are in the concept."""

    spec: TrainSpec
    rank: Rank
    denoiser: Denoiser
    vae: AutoencoderKL
    concept: Concept
    evaluation: EvaluationBatch
    shape: tuple[int, int, int]
    """Of a latent."""
    pictures: tuple[Path, ...]
    """All that were given: the one that is held back shows the thing, too, and so scores stay
    comparable whether one is or not."""

    def measure(self, initial_loss: float, best_loss: float, reduce: Reduce) -> Scores:
        """Losses are those of the person's word and of the concept on the evaluation batch.

        Raises:
            TrainingError: the CLIP model cannot be loaded.
        """
        editability = clip_image = clip_text = None
        if self.spec.score:
            editability = self._editability(reduce)
        if self.spec.score and self.spec.clip:
            clip_image, clip_text = self._clip(reduce)
        return Scores(
            gap_closed=self._gap_closed(initial_loss, best_loss, reduce),
            editability=editability,
            clip_image=clip_image,
            clip_text=clip_text,
        )

    def _gap_closed(self, initial_loss: float, best_loss: float, reduce: Reduce) -> float | None:
        if not self.spec.caption:
            return None
        said = [t.format(self.spec.caption) for t in templates(self.spec.learnable_property)]
        ids = self.concept.ids(said)[self.evaluation.draw.templates]
        told = replace(self.evaluation, ids=ids)
        summed = reduce(summed_errors(self.denoiser, self.concept, told, self.spec.batch_size))
        gap = initial_loss - float(summed[0] / summed[1])
        return (initial_loss - best_loss) / gap if gap > 0 else None

    def _editability(self, reduce: Reduce) -> float:
        mine = editability_share(
            self.denoiser,
            self.concept,
            initializer=self.spec.initializer,
            phrases=place_phrases(self.spec.learnable_property),
            shape=self.shape,
            seed=self.spec.seed,
            rank=self.rank.number,
            world_size=self.rank.size,
        )
        summed = reduce(torch.tensor([float(mine.right), float(mine.of)]))
        return float(summed[0] / summed[1])

    def _clip(self, reduce: Reduce) -> tuple[float, float]:
        phrases = place_phrases(self.spec.learnable_property)[self.rank.number :: self.rank.size]
        summed = torch.zeros(3)
        if phrases:
            latents = draw_latents(
                self.denoiser,
                self.concept,
                prompts=[phrase.format(self.concept.name) for phrase in phrases],
                seeds=[self.spec.seed] * len(phrases),
                shape=self.shape,
                steps=CLIP_STEPS,
            )
            found = clip_scores(
                load_clip(self.spec.clip),
                drawn=decode_latents(self.vae, latents),
                sentences=[phrase.format(self.spec.initializer) for phrase in phrases],
                training=[Image.open(file) for file in self.pictures],
            )
            summed = torch.tensor([found.image, found.text, 1.0]) * len(phrases)
        summed = reduce(summed)
        return float(summed[0] / summed[2]), float(summed[1] / summed[2])
