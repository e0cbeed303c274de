"""Recipes out of files: a picture that was drawn here, or JSON."""

import warnings
from pathlib import Path

from PIL import Image
from pydantic import ValidationError

from backend.errors import BackendError, ErrorCode
from backend.picture_file import read_recipe
from backend.recipe import Recipe

_MOST_BYTES = 1_000_000
_PNG = b"\x89PNG\r\n\x1a\n"


def load_recipe(path: Path) -> Recipe:
    """Return the recipe in a PNG of ours or in a JSON file, of whatever version.

    Raises BackendError (bad_recipe).
    """
    try:
        with path.open("rb") as file:
            head = file.read(_MOST_BYTES + 1)
        recipe = _of_picture(path) if head.startswith(_PNG) else _of_json(head)
    except ValidationError as error:
        where = ".".join(map(str, error.errors(include_url=False)[0]["loc"])) or "its text"
        raise _refusal(path, f"has a recipe that cannot be read: {where} is wrong") from error
    except OSError as error:
        raise _refusal(path, f"cannot be read: {error.strerror or 'no picture'}") from error
    except (ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refusal(path, "cannot be read") from error
    if recipe is None:
        raise _refusal(path, "carries no recipe")
    return recipe


def _of_json(head: bytes) -> Recipe:
    if len(head) > _MOST_BYTES:
        raise ValueError("too large for a recipe")
    return Recipe.model_validate_json(head)


def _of_picture(path: Path) -> Recipe | None:
    with warnings.catch_warnings():
        # Only what comes before the pixels is read, however many they are.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return read_recipe(path)


def _refusal(path: Path, why: str) -> BackendError:
    return BackendError(
        ErrorCode.BAD_RECIPE,
        f"{path.name[:80]} {why}.",
        "A PNG drawn by Figment is needed as it was saved, or the JSON out of one.",
    )
