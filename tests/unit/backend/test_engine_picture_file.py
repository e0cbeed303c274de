"""Pictures on disk carry their recipe, and are there whole or not at all."""

from pathlib import Path

import pytest
from PIL import Image

from backend.picture_file import read_recipe, save_picture
from tests.engine_draws import some_draw

RECIPE = some_draw("base", prompt="a café at the sea ☃").recipe


def test_the_recipe_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "0.png"
    save_picture(path, Image.new("RGB", (8, 8), (1, 2, 3)), RECIPE)
    assert read_recipe(path) == RECIPE
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.getpixel((0, 0)) == (1, 2, 3)


def test_a_picture_that_is_not_ours_has_no_recipe(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "0.png")
    assert read_recipe(tmp_path / "0.png") is None


def test_a_write_that_breaks_off_leaves_the_old_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "0.png"
    save_picture(path, Image.new("RGB", (8, 8), (1, 2, 3)), RECIPE)
    before = path.read_bytes()

    def broken(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match="No space"):
        save_picture(path, Image.new("RGB", (8, 8)), RECIPE)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
