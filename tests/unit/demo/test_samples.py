from pathlib import Path

import pytest
from PIL import Image

from cluster.pictures import inspect_pictures
from demo.person import StoryError
from demo.samples import (
    SAMPLE_INITIALIZER,
    SAMPLE_TOY,
    held_out,
    renewed_samples,
    write_samples,
)
from demo.toybox.grammar import vocabulary


def test_the_samples_can_be_trained_on(tmp_path: Path) -> None:
    paths = write_samples(tmp_path)
    report = inspect_pictures(paths, names=[p.name for p in paths], minimum_side=128)
    assert report.problems == ()
    assert len(report.good) == 5
    assert len({p.stem.split("-")[-1] for p in paths}) == 5


def test_captions_have_no_name_for_the_samples() -> None:
    assert not SAMPLE_TOY.nameable
    assert SAMPLE_INITIALIZER in vocabulary()


def test_held_out_pictures_are_none_of_the_samples(tmp_path: Path) -> None:
    samples = {Image.open(p).tobytes() for p in write_samples(tmp_path)}
    others = {p.tobytes() for p in held_out(20)}
    assert len(others) == 20
    assert not samples & others


def test_a_folder_of_somebodys_own_pictures_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "holiday.png").write_bytes(b"precious")
    with pytest.raises(StoryError, match="not a demo's"):
        renewed_samples(tmp_path / "samples")
    assert (tmp_path / "samples" / "holiday.png").read_bytes() == b"precious"


def test_samples_of_an_earlier_demo_are_not_offered(tmp_path: Path) -> None:
    earlier = renewed_samples(tmp_path / "samples")
    other = earlier[0].with_name("other.png")
    other.write_bytes(earlier[0].read_bytes())
    assert renewed_samples(tmp_path / "samples") == earlier
    assert not other.exists()
