"""Pictures of one toy, each at another place and in another pose."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image

from demo.toybox.scene import draw_scene
from demo.toybox.toy import Place, Toy


@dataclass(frozen=True, slots=True)
class ToyPicture:
    """A picture of a toy and where it was drawn."""

    place: Place
    image: Image.Image
    """RGB, 128 x 128."""


def draw_pictures(
    toy: Toy, count: int, seed: int, place: Place | None = None
) -> tuple[ToyPicture, ...]:
    """`count` pictures in as many poses; at `place`, or else the places in turn, shuffled.

    The same arguments give the same pictures.
    """
    rng = Random(f"{toy} {seed}")  # noqa: S311 - poses of toys, not secrets
    turn: list[Place] = []
    made = []
    for _ in range(count):
        if not turn:
            turn = rng.sample(list(Place), len(Place))
        where = turn.pop() if place is None else place
        made.append(ToyPicture(where, draw_scene(toy, where, rng.randrange(2**31))))
    return tuple(made)


def write_pictures(pictures: tuple[ToyPicture, ...], folder: Path, name: str) -> tuple[Path, ...]:
    """Write them as `<name>-<number>-<place>.png` and return the paths, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, picture in enumerate(pictures, 1):
        path = folder / f"{name}-{number}-{picture.place}.png"
        picture.image.save(path)
        paths.append(path)
    return tuple(paths)
