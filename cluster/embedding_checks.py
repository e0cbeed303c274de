"""Whether an embedding from elsewhere can mean anything to a base model. Pure."""

import numpy as np
from numpy.typing import NDArray

from cluster.embedding_file import refusal
from cluster.meaning import ABSURD_NORM
from cluster.token_table import TokenTable
from cluster.told import Told

UNUSUAL_NORM = 50.0
"""Multiple of the table's usual norm above which a row is remarked upon.

Of 31 embeddings for Stable Diffusion 1.x that were found in public repositories, those of
diffusers had rows 3 to 8 times as long as the table's (0.39), those trained in AUTOMATIC1111 7 to
43 times, and those merged from words as long. From about 50 times on prompts suffer: what stands
around the word counts for little (arXiv 2512.13672).
"""
_TINY_NORM = 0.1
"""The shortest row in any of the 31 had 0.87 of the usual norm."""


def check_against_table(
    file: str, rows: NDArray[np.float32], table: TokenTable
) -> tuple[Told, ...]:
    """What is unusual in `rows`, float32 [n, hidden]. `file` is for messages.

    Raises:
        EmbeddingFileError: the rows do not fit the base, or are too long or too short to mean
            anything to it.
    """
    width = rows.shape[1]
    if width != table.hidden:
        raise refusal(
            file,
            f"has rows of {width} numbers, and this base model's have {table.hidden}",
            "It was learned on another kind of base model: 768 are Stable Diffusion 1.x, "
            "1024 are 2.x.",
            case="other-base",
            facts={"width": width, "hidden": table.hidden},
        )
    shares = np.linalg.norm(rows.astype(np.float64), axis=1) / max(table.usual_norm, 1e-12)
    longest, shortest = float(shares.max()), float(shares.min())
    if longest > ABSURD_NORM:
        raise refusal(
            file,
            f"has a row {longest:.3g} times as long as those of the base model are",
            "Its training went astray; an earlier step of it may be usable.",
            case="too-long",
            facts={"times": f"{longest:.3g}"},
        )
    if not shares.any():
        raise refusal(file, "has nothing but zeros in it", "It was never trained.", case="zeros")
    warnings = []
    if longest > UNUSUAL_NORM:
        warnings.append(Told("unusual_embedding", "long", {"times": f"{longest:.0f}"}))
    if shortest < _TINY_NORM:
        warnings.append(Told("unusual_embedding", "short", {"share": f"{shortest:.0%}"}))
    return tuple(warnings)
