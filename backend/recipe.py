"""Everything a picture depends on: the same recipe gives the same picture."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

PNG_KEY = "figment"
"""Name of the PNG text chunk that holds a picture's recipe as JSON."""

LARGEST_SEED = 2**32 - 1
RANDOM_SEEDS = 2**31
"""A seed that nobody asked for is below this."""

_MARKS = re.compile(r"[()\[\]\\]")
"""What weights parts of a prompt since version 2."""


class Sampler(StrEnum):
    """Which solver walks from noise to picture. The first one is the default."""

    DPMPP_2M = "dpmpp-2m"
    """DPM-Solver++ of second order, multistep (arXiv 2211.01095)."""
    UNIPC = "unipc"
    """UniPC of second order, predictor and corrector (arXiv 2302.04867)."""
    DDIM = "ddim"
    """Deterministic DDIM (arXiv 2010.02502)."""
    PNDM = "pndm"
    """Pseudo linear multistep (arXiv 2202.09778); looks at its second step twice."""
    EULER = "euler"
    """Euler's method on the probability-flow ODE (arXiv 2206.00364)."""
    EULER_A = "euler-a"
    """Euler with fresh noise at every step, from the picture's own seed."""
    LCM = "lcm"
    """For bases that were made for few steps by latent consistency (arXiv 2310.04378)."""


MOST_STEPS: Mapping[Sampler, int] = {Sampler.LCM: 50}
"""What such a base was distilled from; more of them are not defined."""


class RenderPrecision(StrEnum):
    """Number format the engine computes in; of the U-Net, for INT8."""

    AUTO = "auto"
    """bf16 where the CPU computes in it, else f32."""
    BF16 = "bf16"
    F32 = "f32"
    INT8 = "int8"
    """Only of a base model that `figment model prepare --int8` made ready for it."""


class Upscaler(StrEnum):
    """What doubles the size of a drawn picture."""

    LANCZOS = "lanczos"
    """Resampling: sharp, but nothing new in it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ConceptRef(_Part):
    """A concept as a recipe names it. `sha256` is of its rows' float32 bytes."""

    token: str
    version: int
    sha256: str


class Start(_Part):
    """A picture to begin from. `sha256` is of its file; `strength` how much of it is noise."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    strength: float = Field(gt=0, le=1)


class Variation(_Part):
    """How far the first noise is turned towards that of another seed: 0 not, 1 all the way."""

    seed: int = Field(ge=0, le=LARGEST_SEED)
    strength: float = Field(ge=0, le=1)


class Recipe(_Part):
    """One picture, told exactly. Sizes in pixels.

    A recipe of version 1, when brackets meant nothing in a prompt, is read as the version of
    today that gives the same picture.
    """

    version: Literal[2] = 2
    prompt: str
    negative_prompt: str = ""
    seed: int = Field(ge=0, le=LARGEST_SEED)
    steps: int = Field(ge=1)
    sampler: Sampler
    guidance: float = Field(ge=1)
    guidance_until: float = Field(default=1.0, ge=0, le=1)
    """Share of the steps after which guidance is off."""
    width: int = Field(ge=8, multiple_of=8)
    height: int = Field(ge=8, multiple_of=8)
    """Of the drawing; one that is upscaled ends twice as large."""
    base_hash: str
    concepts: tuple[ConceptRef, ...] = ()
    start: Start | None = None
    variation: Variation | None = None
    varied_before: tuple[Variation, ...] = ()
    """Of a variation of a variation: the turns that come before its own, in order."""
    upscale: Upscaler | None = None
    precision: RenderPrecision = RenderPrecision.AUTO
    """AUTO until it is drawn; then what it was drawn in."""

    @model_validator(mode="before")
    @classmethod
    def _of_today(cls, written: Any) -> Any:
        if not isinstance(written, dict) or written.get("version") != 1:
            return written
        escaped = {
            name: _MARKS.sub(r"\\\g<0>", text)
            for name in ("prompt", "negative_prompt")
            if isinstance(text := written.get(name), str)
        }
        return {**written, **escaped, "version": 2}
