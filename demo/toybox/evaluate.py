"""Does the base draw what captions say? A diffusion classifier judges, also on real pictures."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

from diffusers import AutoencoderKL, UNet2DConditionModel
from PIL import Image
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.progress import Progress
from transformers import CLIPTextModel

from cluster.base import base_hash, resolve_base
from demo.toybox.classifier import Classifier
from demo.toybox.grammar import Caption, full_caption
from demo.toybox.painter import GUIDANCE, STEPS, Painter
from demo.toybox.scene import draw_scene
from demo.toybox.toy import Accessory, Colour, Kind, Place, Toy

T = TypeVar("T")

CAPTIONS = 200
_SEED = 17
_CHUNK = 10
_Z = 1.959964  # two-sided 95 %


class Rate(BaseModel):
    """A share of right answers with its 95 % Wilson interval."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    right: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share of right answers, 0..1."""
        return self.right / self.of


class Answers(BaseModel):
    """What the classifier recognised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Rate
    colour: Rate
    place: Rate


class Evaluation(BaseModel):
    """Everything one evaluation measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_hash: str
    captions: int
    steps: int
    guidance: float
    drawn: Answers
    """On the pictures the base drew from the captions."""
    real: Answers
    """On pictures of the world itself with the same captions: the classifier's own ceiling."""
    parameters: dict[str, int]
    """Parameters of unet, text_encoder and vae."""


def wilson(right: int, of: int) -> Rate:
    """The rate with its Wilson score interval at 95 %; `of` is at least 1."""
    share, z2 = right / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    # Exact at the ends, where rounding would leave a hair.
    low = middle - half if right else 0.0
    high = middle + half if right < of else 1.0
    return Rate(right=right, of=of, low=low, high=high)


def evaluation_toys(count: int) -> list[tuple[Toy, Place]]:
    """Nameable toys and places, drawn so that every kind, colour and place comes equally often."""
    rng = Random(_SEED)  # noqa: S311 - a reproducible choice, not a secret
    kinds = _even(list(Kind), count, rng)
    colours = _even(list(Colour), count, rng)
    places = _even(list(Place), count, rng)
    return [
        (Toy(kind, colour, rng.choice(list(Accessory))), place)
        for kind, colour, place in zip(kinds, colours, places, strict=True)
    ]


def _even(values: list[T], count: int, rng: Random) -> list[T]:
    repeated = (values * (count // len(values) + 1))[:count]
    return rng.sample(repeated, count)


def tally(
    captions: Sequence[Caption],
    kinds: Sequence[Kind],
    colours: Sequence[Colour],
    places: Sequence[Place],
) -> Answers:
    """Count the answers that agree with the captions; all as long as `captions`, at least 1."""
    said = list(zip(captions, kinds, colours, places, strict=True))
    return Answers(
        kind=wilson(sum(c.kind is kind for c, kind, _, _ in said), len(said)),
        colour=wilson(sum(c.colour is colour for c, _, colour, _ in said), len(said)),
        place=wilson(sum(c.place is place for c, _, _, place in said), len(said)),
    )


def _judge(
    classifier: Classifier,
    pictures: Sequence[Image.Image],
    captions: Sequence[Caption],
    on_done: Callable[[int], None],
) -> Answers:
    """Each part is asked for with the rest of the caption given."""
    kinds: list[Kind] = []
    colours: list[Colour] = []
    places: list[Place] = []
    for start in range(0, len(pictures), _CHUNK):
        part = slice(start, start + _CHUNK)
        kinds += classifier.kind(pictures[part], captions[part])
        colours += classifier.colour(pictures[part], captions[part])
        places += classifier.place(pictures[part], captions[part])
        on_done(len(pictures[part]))
    return tally(captions, kinds, colours, places)


def _parameters(base: Path) -> dict[str, int]:
    parts = {
        "unet": UNet2DConditionModel,
        "text_encoder": CLIPTextModel,
        "vae": AutoencoderKL,
    }
    return {
        name: sum(p.numel() for p in part.from_pretrained(base, subfolder=name).parameters())
        for name, part in parts.items()
    }


def evaluate(base: Path, count: int = CAPTIONS) -> Evaluation:
    """Draw `count` captions, and let the classifier look at them and at real pictures of them.

    Raises:
        BaseModelError: the base is incomplete.
    """
    toys = evaluation_toys(count)
    captions = [full_caption(toy, place) for toy, place in toys]
    real = [draw_scene(toy, place, _SEED * 10_000 + i) for i, (toy, place) in enumerate(toys)]
    with Progress(console=Console(stderr=True)) as progress:

        def watch(what: str) -> Callable[[int], None]:
            task = progress.add_task(what, total=count)
            return lambda done: progress.advance(task, done)

        painting, judging, ceiling = (
            watch(what) for what in ("drawing captions", "judging drawings", "judging real toys")
        )
        drawn = Painter(base).paint([c.text() for c in captions], _SEED, painting)
        classifier = Classifier(base)
        return Evaluation(
            base_hash=base_hash(resolve_base(str(base))),
            captions=count,
            steps=STEPS,
            guidance=GUIDANCE,
            drawn=_judge(classifier, drawn, captions, judging),
            real=_judge(classifier, real, captions, ceiling),
            parameters=_parameters(base),
        )
