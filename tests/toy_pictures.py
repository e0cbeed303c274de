"""Pictures of one toy, as somebody would upload them."""

from pathlib import Path

from PIL import Image

from demo.toybox.scene import draw_scene
from demo.toybox.toy import Place, parse_toy

TWO_TONE = "kind=robot colour=yellow second=blue pattern=halves accessory=hat"
"""A toy that captions cannot name."""


def write_toy_pictures(folder: Path, count: int = 5, spec: str = TWO_TONE) -> tuple[Path, ...]:
    """Write `count` 128 x 128 PNGs of the toy at different places."""
    folder.mkdir(parents=True, exist_ok=True)
    toy, places = parse_toy(spec), list(Place)
    paths = []
    for index in range(count):
        path = folder / f"toy-{index}.png"
        draw_scene(toy, places[index % len(places)], index).save(path)
        paths.append(path)
    return tuple(paths)


def write_wide_pictures(folder: Path, count: int) -> tuple[Path, ...]:
    """Write `count` 256 x 128 PNGs of the toy between two red edges, which a crop cuts off."""
    paths = []
    for toy in write_toy_pictures(folder, count):
        wide = Image.new("RGB", (256, 128), "red")
        with Image.open(toy) as picture:
            wide.paste(picture, (64, 0))
        wide.save(toy)
        paths.append(toy)
    return tuple(paths)


def colour_at(picture: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    """Return red, green and blue of a pixel, 0 to 255."""
    red, green, blue = picture.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return red, green, blue


def has_red_edges(path: Path) -> bool:
    """Tell whether a prepared picture of a wide one still has its edges."""
    with Image.open(path) as picture:
        red, green, blue = colour_at(picture, 1, picture.height // 2)
    return red > 240 and green < 16 and blue < 16
