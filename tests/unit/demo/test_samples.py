from pathlib import Path

from PIL import Image

from cluster.pictures import inspect_pictures
from demo.samples import SAMPLE_INITIALIZER, SAMPLE_TOY, held_out, write_samples
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
