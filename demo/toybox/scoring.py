"""How much of what captions can say of pictures a learned token says too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cluster.embedding_file import EmbeddingFile
from demo.toybox.caption_search import best_caption
from demo.toybox.frozen_base import FrozenBase
from demo.toybox.measure import Measure

DRAWS = 384
"""Noises and timesteps measured; on 16 pictures each is met 24 times."""
_SEARCH_DRAWS = 64
_SEED = 11
# Captions are searched on other draws than they are then measured on: chosen on the same ones,
# the best would look better than it is.
_SEARCH_SEED = 12


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Score:
    """Denoising losses of three phrases on the same pictures, noises and timesteps."""

    token: str
    initializer: str
    caption: str
    """The phrase compared with, without an article."""
    initializer_loss: float
    learned_loss: float
    caption_loss: float
    gained: Estimate
    """initializer_loss - learned_loss, over paired draws."""
    gap: Estimate
    """initializer_loss - caption_loss, over paired draws."""
    share: Estimate | None
    """gained / gap: 0 as good as the initializer, 1 as good as the caption, above 1 better.
    None when the caption does not explain the pictures better than the initializer."""
    pictures: int
    draws: int


def paired(first: NDArray[np.float64], second: NDArray[np.float64]) -> Estimate:
    """The mean of first - second, with its standard error; both [draws]."""
    difference = first - second
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    return Estimate(float(difference.mean()), float(error))


def share_closed(
    initializer: NDArray[np.float64], learned: NDArray[np.float64], caption: NDArray[np.float64]
) -> Estimate | None:
    """(initializer - learned) / (initializer - caption) of the means; arrays are [draws].

    The standard error is the ratio estimator's, linearized. None when the denominator is not
    positive.
    """
    gained, gap = initializer - learned, initializer - caption
    if gap.mean() <= 0:
        return None
    share = gained.mean() / gap.mean()
    error = (gained - share * gap).std(ddof=1) / (np.sqrt(len(gap)) * gap.mean())
    return Estimate(float(share), float(error))


def bare_phrase(caption: str) -> str:
    """A caption without its article, ready for a wording: `red robot with a hat`."""
    words = caption.strip().lower().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("a", "an", "the") else words)


def _mean_loss(measure: Measure) -> Callable[[str], float]:
    return cache(lambda phrase: float(measure.losses(phrase).mean()))


def score(
    base: Path,
    pictures: Sequence[Image.Image],
    concept: EmbeddingFile,
    initializer: str,
    caption: str | None = None,
    draws: int = DRAWS,
) -> Score:
    """Measure a concept on pictures it was best not trained on.

    Without a `caption` the best one the grammar has for these pictures is found first.

    Raises:
        BaseModelError: the base is incomplete.
        EmbeddingFileError: the concept does not fit the base.
    """
    frozen = FrozenBase.load(base)
    name = frozen.learn(concept)
    posteriors = frozen.posteriors(pictures)
    measure = Measure.of(frozen, posteriors, draws, _SEED)
    if caption is None:
        search = Measure.of(frozen, posteriors, min(draws, _SEARCH_DRAWS), _SEARCH_SEED)
        final = Measure.of(frozen, posteriors, draws, _SEARCH_SEED)
        phrase = best_caption(_mean_loss(search), _mean_loss(final)).phrase()
    else:
        phrase = bare_phrase(caption)
    start, learned, told = (measure.losses(p) for p in (initializer, name, phrase))
    return Score(
        token=concept.token,
        initializer=initializer,
        caption=phrase,
        initializer_loss=float(start.mean()),
        learned_loss=float(learned.mean()),
        caption_loss=float(told.mean()),
        gained=paired(start, learned),
        gap=paired(start, told),
        share=share_closed(start, learned, told),
        pictures=len(pictures),
        draws=draws,
    )
