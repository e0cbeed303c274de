"""Pictures of one toy, as somebody would upload them."""

from pathlib import Path

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
