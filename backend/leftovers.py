"""What a worker that died has left of a picture: the finished file, or the beginning of one."""

from contextlib import suppress
from pathlib import Path

from PIL import Image

from backend.claims import PictureClaim
from backend.picture_file import read_recipe, unfinished
from backend.recipe import Recipe


def finished_before(claim: PictureClaim) -> Recipe | None:
    """Return the recipe in the claim's finished file, None if there is no whole one of its own.

    A worker that dies after it has written a picture and before the database knows leaves one.
    The same recipe gives the same picture, so it need not be drawn again; only the precision may
    be another than the claim says, for what was asked for is settled by the one who draws.
    """
    try:
        with Image.open(claim.out) as picture:
            picture.load()
        recipe = read_recipe(claim.out)
    # Pillow raises SyntaxError for some broken PNG chunks.
    except (OSError, ValueError, SyntaxError):
        return None
    if recipe is None:
        return None
    asked = recipe.model_copy(update={"precision": claim.recipe.precision})
    return recipe if asked == claim.recipe else None


def remove_unfinished(path: Path) -> None:
    """Remove what others have begun to write for `path`; they have lost the picture.

    Where nothing can be removed, nothing can be written either, which is told when it is tried.
    """
    for begun in unfinished(path):
        with suppress(OSError):
            begun.unlink(missing_ok=True)
