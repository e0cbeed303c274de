"""Where a run starts: the word near the given one whose row explains the pictures best."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional
from transformers import CLIPTokenizer

from cluster.concept_rows import Concept
from cluster.evaluation import Denoiser, EvaluationBatch, summed_errors

CANDIDATES = 32
"""Words that are looked at roughly."""
_FINALISTS = 4
ROUGH_DRAWS, FINE_DRAWS = 8, 32
"""Samples a word is measured on, of all ranks together. All words meet the same noise, so few are
enough to tell them apart."""
_END_OF_WORD = "</w>"
_SHORTEST = 3


@dataclass(frozen=True)
class Start:
    """The word a run starts from, and its loss on the fixed batch for it."""

    word: str
    loss: float


def words_near(tokenizer: CLIPTokenizer, table: torch.Tensor, word: str, count: int) -> list[str]:
    """The word itself, then whole words of the vocabulary by the cosine of their rows.

    `table` [V, H].
    """
    ids = {
        token.removesuffix(_END_OF_WORD): number
        for token, number in tokenizer.get_vocab().items()
        if token.endswith(_END_OF_WORD) and number < len(table)
    }
    words = sorted(w for w in ids if w.isascii() and w.isalpha() and len(w) >= _SHORTEST)
    own = table[ids[word.strip().lower()]].float()
    near = functional.cosine_similarity(table[[ids[w] for w in words]].float(), own[None])
    ranked = [words[k] for k in near.argsort(descending=True).tolist()]
    return list(dict.fromkeys([word.strip().lower(), *ranked]))[:count]


def choose_start(
    concept: Concept,
    denoiser: Denoiser,
    batch: EvaluationBatch,
    word: str,
    *,
    batch_size: int,
    world_size: int,
    reduce: Callable[[torch.Tensor], torch.Tensor],
) -> Start:
    """Put the best word's row into the concept, and say which it is; no gradient is needed.

    `batch` is this rank's share of FINE_DRAWS samples, `reduce` sums over ranks. The person's
    `word` stays where no other is better.
    """
    table = concept.encoder.get_input_embeddings().weight
    words = words_near(concept.tokenizer, table, word, CANDIDATES)
    rows = {
        w: table[concept.tokenizer(w, add_special_tokens=False).input_ids[0]].detach().float()
        for w in words
    }

    def losses(some: list[str], draws: int) -> list[float]:
        limit = -(-draws // world_size)
        found = []
        for one in some:
            concept.put(rows[one].expand(concept.rows.shape))
            found.append(summed_errors(denoiser, concept, batch, batch_size, limit))
        summed = reduce(torch.stack(found))
        return [float(loss) for loss in summed[:, 0] / summed[:, 1]]

    rough = dict(zip(words, losses(words, ROUGH_DRAWS), strict=True))
    finalists = list(dict.fromkeys([word.strip().lower(), *sorted(words, key=rough.__getitem__)]))
    finalists = finalists[: _FINALISTS + 1]
    fine = dict(zip(finalists, losses(finalists, FINE_DRAWS), strict=True))
    best = min(finalists, key=fine.__getitem__)
    concept.put(rows[best].expand(concept.rows.shape))
    return Start(best, fine[best])
