from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from demo.toybox.draw import draw_pictures, write_pictures
from demo.toybox.scene import SIDE, draw_scene
from demo.toybox.toy import Accessory, Kind, Place, parse_toy

TOY = parse_toy("kind=bear colour=orange second=blue pattern=stripes accessory=bow")


@settings(max_examples=10)
@given(st.integers(0, 2**31 - 1), st.sampled_from(Place))
def test_the_same_seed_draws_the_same_picture(seed: int, place: Place) -> None:
    picture = draw_scene(TOY, place, seed)
    assert picture.size == (SIDE, SIDE)
    assert picture.mode == "RGB"
    assert picture.tobytes() == draw_scene(TOY, place, seed).tobytes()
    assert picture.tobytes() != draw_scene(TOY, place, seed + 1).tobytes()


@pytest.mark.parametrize(
    "difference",
    [
        "kind=duck",
        "colour=pink",
        "accessory=hat",
        "second=red",
        "pattern=dots",
        "accessory_colour=blue",
    ],
)
def test_every_part_of_a_toy_shows(difference: str) -> None:
    parts = {
        "kind": "bear",
        "colour": "orange",
        "accessory": "bow",
        "second": "blue",
        "pattern": "stripes",
        "accessory_colour": "pink",
    }
    key, _, value = difference.partition("=")
    other = parse_toy(" ".join(f"{k}={v}" for k, v in {**parts, key: value}.items()))
    assert draw_scene(TOY, Place.SEA, 3).tobytes() != draw_scene(other, Place.SEA, 3).tobytes()


@pytest.mark.parametrize("kind", Kind)
def test_every_accessory_shows_on_every_kind(kind: Kind) -> None:
    pictures = {
        draw_scene(parse_toy(f"kind={kind} colour=green accessory={a}"), Place.CITY, 7).tobytes()
        for a in Accessory
    }
    assert len(pictures) == len(Accessory)


def test_places_come_in_turn() -> None:
    pictures = draw_pictures(TOY, 2 * len(Place), seed=1)
    assert {p.place for p in pictures[: len(Place)]} == set(Place)
    assert {p.place for p in pictures[len(Place) :]} == set(Place)
    assert len({p.image.tobytes() for p in pictures}) == len(pictures)


def test_more_pictures_begin_with_the_same_ones() -> None:
    few, more = draw_pictures(TOY, 2, seed=4), draw_pictures(TOY, 3, seed=4)
    assert [p.image.tobytes() for p in few] == [p.image.tobytes() for p in more[:2]]
    assert draw_pictures(TOY, 1, seed=5)[0].image.tobytes() != few[0].image.tobytes()


def test_one_place_when_it_is_named(tmp_path: Path) -> None:
    pictures = draw_pictures(TOY, 3, 1, Place.SNOW)
    assert {p.place for p in pictures} == {Place.SNOW}
    paths = write_pictures(pictures, tmp_path / "new", "bear")
    assert [p.name for p in paths] == [f"bear-{k}-snow.png" for k in (1, 2, 3)]
    with Image.open(paths[2]) as third:
        assert third.tobytes() == pictures[2].image.tobytes()
