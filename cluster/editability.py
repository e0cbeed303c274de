"""Does the rest of the prompt still win? A concept that drowns it out is of little use.

The concept is drawn in several places, and the base model itself tells which place each picture
shows, as a diffusion classifier (arXiv 2303.16203): the phrase under which the U-Net finds the
noise best. The judge reads the plain initializer where the concept stood, so that it knows
nothing of the learned rows, and no other model is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from cluster.concept_rows import Concept
from cluster.drawing import draw_latents
from cluster.draws import Draw, evaluation_draw
from cluster.evaluation import Denoiser
from cluster.scoring_work import MEASURED_DRAWS, MEASURED_STEPS


@dataclass(frozen=True)
class Editability:
    """How many of the drawn pictures show the place that was asked for.

    A concept that drowns out every place is right once in as many pictures as there are places.
    """

    right: int
    of: int

    @property
    def share(self) -> float:
        """0 to 1; there has to be a picture."""
        return self.right / self.of


def editability_share(
    denoiser: Denoiser,
    concept: Concept,
    *,
    initializer: str,
    phrases: tuple[str, ...],
    shape: tuple[int, int, int],
    seed: int,
    rank: int = 0,
    world_size: int = 1,
    pictures: int = 1,
    steps: int = MEASURED_STEPS,
    draws: int = MEASURED_DRAWS,
    batch_size: int = 4,
) -> Editability:
    """A rank's share of the measure: `right` and `of` of all ranks add up to the whole.

    Every phrase is drawn `pictures` times in `steps` steps, and each picture judged with `draws`
    noises under every phrase; rank r takes each world_size-th picture from the r-th on, and may
    have none. With P phrases the U-Net sees P * pictures * (2 * steps + P * draws) samples on all
    ranks together, and at most max(2 * batch_size, draws) at once.

    The k-th picture of every phrase begins with the same noise, and the judge uses the same noise
    and timesteps throughout: nothing but the phrase makes a difference. `shape` is that of a
    latent.

    Raises:
        ValueError: there are fewer than two phrases, or one does not have a single `{}`.
    """
    if len(phrases) < 2 or any(phrase.count("{}") != 1 for phrase in phrases):
        raise ValueError(f"two phrases or more are needed, each with one {{}}: {phrases}")
    turns = [(place, k) for k in range(pictures) for place in range(len(phrases))]
    mine = turns[rank::world_size]
    with torch.no_grad():
        states = concept.encode(concept.ids([phrase.format(initializer) for phrase in phrases]))
        draw = evaluation_draw(
            seed=seed,
            count=draws,
            pictures=1,
            templates=1,
            timesteps=denoiser.scheduler.config.num_train_timesteps,
            latent_shape=shape,
        )
        right = 0
        for start in range(0, len(mine), batch_size):
            part = mine[start : start + batch_size]
            latents = draw_latents(
                denoiser,
                concept,
                prompts=[phrases[place].format(concept.name) for place, _ in part],
                seeds=[seed + k for _, k in part],
                shape=shape,
                steps=steps,
            )
            for (place, _), latent in zip(part, latents, strict=True):
                right += wins(place, phrase_losses(denoiser, latent, draw, states).tolist())
    return Editability(right, len(mine))


def phrase_losses(
    denoiser: Denoiser, latent: torch.Tensor, draw: Draw, states: torch.Tensor
) -> torch.Tensor:
    """Mean denoising loss of one latent, float32 [C, h, w], under each of P phrases, float32 [P].

    `states` [P, L, H] of the text encoder. All of `draw` is used under each phrase.
    """
    count = len(draw.timesteps)
    latents = latent.expand(count, *latent.shape)
    return torch.stack(
        [
            denoiser.errors(latents, draw, state.expand(count, *state.shape)).mean()
            for state in states
        ]
    )


def wins(place: int, losses: Sequence[float]) -> bool:
    """Whether a phrase explains a picture better than every other one.

    A tie is no win, and neither is a loss that is no number, as of a concept that has exploded.
    """
    return all(losses[place] < loss for k, loss in enumerate(losses) if k != place)
