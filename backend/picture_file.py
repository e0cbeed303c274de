"""A picture as a PNG file that carries its recipe."""

import os
from pathlib import Path
from uuid import uuid4

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend.recipe import PNG_KEY, Recipe


def save_picture(path: Path, picture: Image.Image, recipe: Recipe) -> None:
    """Write `picture` to `path`, whole or not at all, with the recipe as JSON in a text chunk."""
    chunks = PngInfo()
    chunks.add_itxt(PNG_KEY, recipe.model_dump_json())
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{_unfinished_name(path)}{uuid4().hex}")
    try:
        with temporary.open("wb") as file:
            picture.save(file, "PNG", pnginfo=chunks)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def unfinished(path: Path) -> tuple[Path, ...]:
    """Return the files in which a picture for `path` was begun: by others, or by the dead."""
    # The names of pictures have no character that means something to glob.
    return tuple(path.parent.glob(f"{_unfinished_name(path)}*"))


def _unfinished_name(path: Path) -> str:
    return f".{path.name}."


def read_recipe(path: Path) -> Recipe | None:
    """Return the recipe in a PNG file, None if it carries none (OSError, ValueError)."""
    with Image.open(path) as picture:
        written = picture.info.get(PNG_KEY)
    return None if written is None else Recipe.model_validate_json(written)
