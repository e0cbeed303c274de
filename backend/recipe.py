"""Everything a picture depends on: the same recipe gives the same picture."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PNG_KEY = "figment"
"""Name of the PNG text chunk that holds a picture's recipe as JSON."""


class Sampler(StrEnum):
    """Which solver walks from noise to picture. The first one is the default."""

    DPMPP_2M = "dpmpp-2m"
    """DPM-Solver++ of second order, multistep (arXiv 2211.01095)."""
    DDIM = "ddim"
    """Deterministic DDIM (arXiv 2010.02502)."""
    EULER = "euler"
    """Euler's method on the probability-flow ODE (arXiv 2206.00364)."""
    EULER_A = "euler-a"
    """Euler with fresh noise at every step, from the picture's own seed."""


class RenderPrecision(StrEnum):
    """Number format the engine computes in; of the U-Net, for INT8."""

    AUTO = "auto"
    """bf16 where the CPU computes in it, else f32."""
    BF16 = "bf16"
    F32 = "f32"
    INT8 = "int8"
    """Only of a base model that `figment model prepare --int8` made ready for it."""


class ConceptRef(BaseModel):
    """A concept as a recipe names it. `sha256` is of its rows' float32 bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: str
    version: int
    sha256: str


class Recipe(BaseModel):
    """One picture, told exactly. Sizes in pixels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    prompt: str
    negative_prompt: str = ""
    seed: int = Field(ge=0, lt=2**32)
    steps: int = Field(ge=1)
    sampler: Sampler
    guidance: float = Field(ge=1)
    width: int = Field(ge=8, multiple_of=8)
    height: int = Field(ge=8, multiple_of=8)
    base_hash: str
    concepts: tuple[ConceptRef, ...] = ()
    precision: RenderPrecision = RenderPrecision.AUTO
    """AUTO until it is drawn; then what it was drawn in."""
