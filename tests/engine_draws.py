"""Concepts and recipes for tests of the engine."""

import hashlib
from typing import Any

import numpy as np

from backend.engine_draws import Draw, LoadedConcept
from backend.recipe import ConceptRef, Recipe, Sampler
from tests.tiny_base import TINY_HIDDEN


def some_concept(
    token: str, vectors: int = 1, seed: int = 0, width: int = TINY_HIDDEN
) -> LoadedConcept:
    """Return a concept of random rows, as wide as those of the tiny base unless said."""
    rows = np.random.default_rng(seed).normal(0, 0.1, (vectors, width)).astype(np.float32)
    return LoadedConcept(token, rows, hashlib.sha256(rows.tobytes()).hexdigest())


def some_draw(base_hash: str, *concepts: LoadedConcept, **wanted: Any) -> Draw:
    """Return a small picture to draw; `wanted` goes into its recipe."""
    recipe = Recipe.model_validate(
        {
            "prompt": "a red robot at the beach",
            "seed": 7,
            "steps": 3,
            "sampler": Sampler.DDIM,
            "guidance": 5.0,
            "width": 64,
            "height": 64,
            "base_hash": base_hash,
            "concepts": tuple(
                ConceptRef(token=one.token, version=1, sha256=one.sha256) for one in concepts
            ),
            **wanted,
        }
    )
    return Draw(recipe, concepts)
