"""Pictures as they will be trained on, with what is wrong with some of them. Blocking."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from backend import uploads
from backend.job_rows import Upload
from backend.requests import IncomingPicture
from cluster.pictures import PictureProblem, as_trained

TILE_SIDE = 192


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture as the trainer sees it (None: it cannot be shown), and what is wrong with it."""

    name: str
    image: Image.Image | None
    problem: PictureProblem | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """Pictures that were looked through, in order; `good` are the ones that can be used."""

    good: tuple[IncomingPicture, ...]
    tiles: tuple[Tile, ...]

    @property
    def problems(self) -> tuple[PictureProblem, ...]:
        """Why each of the others cannot be used."""
        return tuple(tile.problem for tile in self.tiles if tile.problem is not None)


def review_pictures(
    pictures: Sequence[IncomingPicture], minimum_side: int, center_crop: bool
) -> Review:
    """Look into each picture. `minimum_side` is in pixels."""
    inspected = uploads.inspect(pictures, minimum_side)
    good = set(map(id, inspected.good))
    # One problem for each of the others, in their order.
    problems = iter(inspected.problems)
    tiles = tuple(
        Tile(
            one.name,
            as_trained(one.path, TILE_SIDE, center_crop),
            None if id(one) in good else next(problems),
        )
        for one in pictures
    )
    return Review(inspected.good, tiles)


def tiles_of(uploaded: Sequence[Upload], center_crop: bool) -> tuple[Tile, ...]:
    """Return the pictures that a job learns from, as it sees them."""
    return tuple(Tile(one.name, as_trained(one.path, TILE_SIDE, center_crop)) for one in uploaded)
