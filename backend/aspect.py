"""The shapes that a picture can be asked for in, as sizes that suit the base model. Pure."""

from enum import StrEnum
from itertools import product
from math import log

_LATENT = 8
"""Pixels to a latent."""


class AspectRatio(StrEnum):
    """Width to height."""

    SQUARE = "1:1"
    PHOTO = "3:2"
    PHOTO_UPRIGHT = "2:3"
    SCREEN = "4:3"
    SCREEN_UPRIGHT = "3:4"
    WIDE = "16:9"
    TALL = "9:16"


def nearest(width: int, height: int) -> AspectRatio:
    """Return the shape that is most like that of a picture of this size."""

    def distance(ratio: AspectRatio) -> float:
        wide, high = (int(part) for part in ratio.split(":"))
        return abs(log(width * high / (height * wide)))

    return min(AspectRatio, key=distance)


def size_of(ratio: AspectRatio, side: int) -> tuple[int, int]:
    """Return width and height in pixels for a base model whose own pictures have this side.

    They are multiples of 64 where the base draws 512 and more, as Stable Diffusion likes best,
    else of an eighth of its side (and always of 8). Of those the one is chosen that comes
    nearest to both the ratio and the base's own number of pixels, far from which things double
    or fall apart.
    """
    step = 64 if side >= 512 else max(_LATENT, side // 8 // _LATENT * _LATENT)
    wide, high = (int(part) for part in ratio.split(":"))
    sides = range(step, 3 * side, step)

    def distance(size: tuple[int, int]) -> tuple[float, int]:
        width, height = size
        off_shape = abs(log(width * high / (height * wide)))
        off_pixels = abs(log(width * height / side**2))
        # The smaller of two that are equally near.
        return round(off_shape + off_pixels, 9), width * height

    return min(product(sides, sides), key=distance)
