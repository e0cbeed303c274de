"""Which pictures are trained on, and how they are prepared."""

import json
from pathlib import Path

import pytest
from PIL import Image

from cluster.errors import PictureError
from cluster.pictures import (
    MAXIMUM_PIXELS,
    PictureProblemCode,
    PictureReport,
    inspect_pictures,
    prepare_pictures,
)
from tests.bad_pictures import write_vast_png
from tests.toy_pictures import write_toy_pictures


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Five good pictures of 128 x 128."""
    return write_toy_pictures(tmp_path_factory.mktemp("toys"))


def _inspect(*paths: Path, minimum_side: int = 64) -> PictureReport:
    return inspect_pictures(paths, names=[path.name for path in paths], minimum_side=minimum_side)


def test_good_pictures_are_kept_in_order(toys: tuple[Path, ...]) -> None:
    assert _inspect(*toys) == PictureReport(toys, ())
    assert _inspect() == PictureReport((), ())


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.gif", "a.bmp", "a.tiff", "a.mpo", "a"])
def test_pictures_are_known_by_what_is_in_them(
    toys: tuple[Path, ...], tmp_path: Path, name: str
) -> None:
    with Image.open(toys[0]) as picture:
        kind = "PNG" if name == "a" else None
        picture.convert("RGB").save(tmp_path / name, kind)
    assert _inspect(tmp_path / name).good == (tmp_path / name,)


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"these are no pixels", PictureProblemCode.NOT_A_PICTURE, "is not a picture"),
        (b"", PictureProblemCode.NOT_A_PICTURE, "is not a picture"),
        (b" \n<!DOCTYPE html><html>", PictureProblemCode.NOT_A_PICTURE, "is a web page"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", PictureProblemCode.NOT_A_PICTURE, "is not a picture"),
    ],
)
def test_what_is_no_picture_is_told(
    tmp_path: Path, content: bytes, code: PictureProblemCode, said: str
) -> None:
    (tmp_path / "x.png").write_bytes(content)
    [problem] = _inspect(tmp_path / "x.png").problems
    assert (problem.name, problem.code) == ("x.png", code)
    assert said in problem.message


def test_a_vast_picture_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    vast = write_vast_png(tmp_path / "vast.png")
    [problem] = _inspect(vast).problems
    assert problem.code is PictureProblemCode.TOO_LARGE
    large = write_vast_png(tmp_path / "large.png", side=int(MAXIMUM_PIXELS**0.5) + 8)
    [problem] = _inspect(large).problems
    assert problem.code is PictureProblemCode.TOO_LARGE
    assert "40 megapixels" in problem.message


def test_a_picture_is_large_enough_by_its_shorter_side(tmp_path: Path) -> None:
    for name, size in (("wide.png", (500, 63)), ("fits.png", (64, 64))):
        Image.effect_noise(size, 90).save(tmp_path / name)
    report = _inspect(tmp_path / "wide.png", tmp_path / "fits.png")
    assert report.good == (tmp_path / "fits.png",)
    assert report.problems[0].code is PictureProblemCode.TOO_SMALL
    assert "500 x 63" in report.problems[0].message


def test_damaged_pictures_are_told(toys: tuple[Path, ...], tmp_path: Path) -> None:
    (tmp_path / "cut.png").write_bytes(toys[0].read_bytes()[:-3000])
    report = _inspect(tmp_path / "cut.png", tmp_path / "gone.png")
    assert [problem.code for problem in report.problems] == [PictureProblemCode.UNREADABLE] * 2


def test_the_same_picture_again_is_left_out_however_it_was_saved(
    toys: tuple[Path, ...], tmp_path: Path
) -> None:
    with Image.open(toys[0]) as picture:
        picture.convert("RGB").save(tmp_path / "again.jpg", quality=70)
        picture.resize((96, 96)).save(tmp_path / "smaller.png")
    report = _inspect(toys[0], toys[1], tmp_path / "again.jpg", tmp_path / "smaller.png")
    assert report.good == toys[:2]
    assert {problem.code for problem in report.problems} == {PictureProblemCode.NEAR_DUPLICATE}
    assert "shows the same as toy-0.png" in report.problems[0].message


def test_pictures_are_prepared_upright_square_and_named_by_what_they_hold(tmp_path: Path) -> None:
    red_above = Image.new("RGB", (100, 200), "blue")
    red_above.paste("red", (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6
    red_above.rotate(90, expand=True).save(tmp_path / "phone.jpg", exif=exif, quality=95)
    clear = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
    clear.save(tmp_path / "clear.png")
    out = tmp_path / "out"
    made = prepare_pictures([tmp_path / "phone.jpg", tmp_path / "clear.png"], out, 64)
    assert [(one.name, one.width, one.height) for one in made] == [
        ("phone.jpg", 100, 200),
        ("clear.png", 80, 80),
    ]
    with Image.open(made[0].path) as phone, Image.open(made[1].path) as white:
        assert phone.size == white.size == (64, 64)
        above, below = phone.getpixel((32, 5)), phone.getpixel((32, 58))
        assert white.getpixel((32, 32)) == (255, 255, 255)
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert above[0] > 200 > 60 > above[2]
    assert below[2] > 200 > 60 > below[0]
    manifest = json.loads((out / "manifest.json").read_text())
    assert [entry["sha256"] for entry in manifest] == [one.sha256 for one in made]
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["manifest.json", *(f"{one.sha256}.png" for one in made)]
    )


def test_preparing_again_makes_the_same_files(toys: tuple[Path, ...], tmp_path: Path) -> None:
    first = prepare_pictures(toys, tmp_path, 64)
    assert prepare_pictures(toys, tmp_path, 64) == first
    assert prepare_pictures(toys, tmp_path / "other", 72)[0].sha256 != first[0].sha256


def test_without_cropping_all_of_a_picture_is_there(tmp_path: Path) -> None:
    wide = Image.new("RGB", (300, 100), "white")
    wide.paste("red", (0, 0, 60, 100))
    wide.save(tmp_path / "wide.png")
    for crop, red in ((True, False), (False, True)):
        [made] = prepare_pictures([tmp_path / "wide.png"], tmp_path / "out", 64, center_crop=crop)
        with Image.open(made.path) as picture:
            assert (picture.getpixel((3, 32)) == (255, 0, 0)) is red


def test_what_cannot_be_prepared_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("no pixels")
    with pytest.raises(PictureError, match=r"x\.png cannot be read"):
        prepare_pictures([tmp_path / "x.png"], tmp_path / "out", 64)
    with pytest.raises(PictureError, match="no picture"):
        prepare_pictures([], tmp_path / "out", 64)
