"""The pictures and captions the toybox is trained on, drawn once and kept as arrays."""

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from demo.toybox.grammar import draw_caption, draw_toy
from demo.toybox.scene import SIDE, draw_scene
from demo.toybox.toy import Place

CAPTIONS_A_PICTURE = 4
_UNNAMEABLE_SHARE = 0.15


def _sample(index: int) -> tuple[NDArray[np.uint8], list[str]]:
    rng = Random(1_000_003 * (index + 1))  # noqa: S311 - a reproducible world, not a secret
    toy = draw_toy(rng, nameable=rng.random() >= _UNNAMEABLE_SHARE)
    place = rng.choice(list(Place))
    captions = [draw_caption(toy, place, rng) for _ in range(CAPTIONS_A_PICTURE)]
    return np.asarray(draw_scene(toy, place, rng.randrange(2**31))), captions


def build_dataset(folder: Path, count: int) -> None:
    """Draw `count` pictures to `folder`: pictures.npy uint8 [N, 128, 128, 3], captions.json."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = np.zeros((count, SIDE, SIDE, 3), np.uint8)
    captions: list[list[str]] = []
    with ProcessPoolExecutor() as pool:
        drawn = pool.map(_sample, range(count), chunksize=64)
        for index, (picture, texts) in enumerate(track(drawn, "drawing toys", count)):
            pictures[index] = picture
            captions.append(texts)
    (folder / "captions.json").write_text(json.dumps(captions))
    np.save(folder / "pictures.tmp.npy", pictures)
    (folder / "pictures.tmp.npy").replace(folder / "pictures.npy")


def load_pictures(folder: Path) -> NDArray[np.uint8]:
    """The pictures, uint8 [N, 128, 128, 3], mapped rather than read."""
    pictures: NDArray[np.uint8] = np.load(folder / "pictures.npy", mmap_mode="r")
    return pictures


def load_captions(folder: Path) -> list[list[str]]:
    """Each picture's captions, several wordings each."""
    captions: list[list[str]] = json.loads((folder / "captions.json").read_text())
    return captions
