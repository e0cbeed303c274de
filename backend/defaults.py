"""What a person's requests for pictures mean where they do not say. Pure."""

from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from backend.aspect import AspectRatio
from backend.recipe import Sampler
from backend.requests import ImagineRequest


class Defaults(BaseModel):
    """Numbers of a person's own; None leaves one to the settings of Figment."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pictures: int | None = Field(default=None, ge=1)
    ratio: AspectRatio | None = None
    steps: int | None = Field(default=None, ge=1)
    guidance: float | None = Field(default=None, ge=1, le=30)
    sampler: Sampler | None = None


def filled_in(request: ImagineRequest, defaults: Defaults) -> ImagineRequest:
    """Return the request with what it leaves open taken from `defaults`.

    A picture that is begun from keeps its shape unless another one is asked for.
    """
    shaped = (request.width, request.height, request.ratio, request.start) != (None,) * 4
    return replace(
        request,
        count=defaults.pictures if request.count is None else request.count,
        steps=defaults.steps if request.steps is None else request.steps,
        guidance=defaults.guidance if request.guidance is None else request.guidance,
        sampler=defaults.sampler if request.sampler is None else request.sampler,
        ratio=request.ratio if shaped else defaults.ratio,
    )
