"""The pictures the demo teaches from: one toy that no caption can name."""

from pathlib import Path

from PIL import Image

from demo.own_folder import own_folder
from demo.toybox.draw import ToyPicture, draw_pictures, write_pictures
from demo.toybox.toy import Accessory, Colour, Kind, Toy

SAMPLE_TOY = Toy(Kind.ROBOT, Colour.TURQUOISE, Accessory.CROWN, accessory_colour=Colour.ORANGE)
"""A turquoise robot with an orange crown. Captions know yellow crowns only."""
SAMPLE_INITIALIZER = "toy"
"""What the demo says it is. It says little of the pictures, so there is much to be learned."""
_SAMPLES = 5
_SEED, _HELD_OUT_SEED = 1, 2


def _samples() -> tuple[ToyPicture, ...]:
    return draw_pictures(SAMPLE_TOY, _SAMPLES, _SEED)


def write_samples(folder: Path) -> tuple[Path, ...]:
    """Write the five pictures the concept is taught from, each at another place."""
    return write_pictures(_samples(), folder, SAMPLE_TOY.kind.value)


def renewed_samples(folder: Path) -> tuple[Path, ...]:
    """Write them to a folder of the demo's own, instead of those that are in it.

    Raises:
        StoryError: it holds something that is not a demo's.
    """
    for earlier in own_folder(folder).glob("*.png"):
        earlier.unlink()
    return write_samples(folder.absolute())


def held_out(count: int) -> tuple[Image.Image, ...]:
    """Other pictures of the same toy, RGB 128 x 128, to see what was learned of it."""
    return tuple(p.image for p in draw_pictures(SAMPLE_TOY, count, _HELD_OUT_SEED))
