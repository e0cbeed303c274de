"""What the rendering engine is asked for and what it gives back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backend.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class LoadedConcept:
    """A concept's rows, float32 [n, hidden], and the SHA-256 of their bytes."""

    token: str
    rows: NDArray[np.float32]
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class LoadedPicture:
    """A picture to start from, upright and RGB, and the SHA-256 of its file."""

    picture: Image.Image
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One picture to draw, with the rows of every concept that its prompts name.

    `start` is the picture that the recipe begins from, where it does.
    """

    recipe: Recipe
    concepts: tuple[LoadedConcept, ...] = ()
    start: LoadedPicture | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A finished picture. Its recipe says the precision that was really computed in.

    A picture that is `held_back` by the base model's safety checker must be neither shown nor
    kept: say instead that it is held back.
    """

    picture: Image.Image
    recipe: Recipe
    held_back: bool = False
