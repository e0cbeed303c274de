"""What callers ask of the service."""

from dataclasses import dataclass
from pathlib import Path

from backend.aspect import AspectRatio
from backend.job_options import NO_OPTIONS, JobOptions
from backend.people import MEMBER, Person, Place, Standing
from backend.recipe import Sampler
from cluster.spec import LearnableProperty


@dataclass(frozen=True, slots=True)
class IncomingPicture:
    """A picture file that the caller has fetched. `source` is where it came from, opaque."""

    name: str
    path: Path
    source: str


@dataclass(frozen=True, slots=True)
class TeachRequest:
    """Teach `token`, which is a kind of `initializer`. The same `key` makes the same job."""

    token: str
    initializer: str
    learnable_property: LearnableProperty
    pictures: tuple[IncomingPicture, ...]
    by: Person
    place: Place
    key: str
    standing: Standing = MEMBER
    options: JobOptions = NO_OPTIONS


@dataclass(frozen=True, slots=True)
class RetrainRequest:
    """Teach a concept once more, from the pictures and with the settings that it has."""

    token: str
    by: Person
    place: Place
    key: str
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True)
class ImagineRequest:
    """Draw `prompt`. None stands for the setting's value, for a seed for a random one.

    Sizes are in pixels. The same `key` makes the same render.

    `guidance_until` is the share of the steps after which guidance is off. `start` is a picture
    to begin from, or the SHA-256 of one that was begun from before, and `strength` (0 to 1) how
    much of it is made anew. With `vary` (0 to 1) every picture is that of `seed`, turned so far
    towards another one each. `upscale` doubles the size at the end.
    """

    prompt: str
    by: Person
    place: Place
    key: str
    count: int | None = None
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    guidance_until: float | None = None
    negative_prompt: str | None = None
    sampler: Sampler | None = None
    width: int | None = None
    height: int | None = None
    ratio: AspectRatio | None = None
    start: IncomingPicture | str | None = None
    strength: float | None = None
    vary: float | None = None
    upscale: bool = False
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """The most pictures, and sampling steps of each, that one ImagineRequest may ask for."""

    pictures: int
    steps: int


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Take over the embedding in `file`, which others may have made, as a concept of `by`.

    `token` None stands for the name that the file gives it.
    """

    file: Path
    by: Person
    token: str | None = None
    learnable_property: LearnableProperty = LearnableProperty.OBJECT
    channel: str = ""
    standing: Standing = MEMBER
