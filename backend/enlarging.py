"""A picture in twice its size, without drawing it again."""

from PIL import Image

from backend.claims import PictureClaim
from backend.engine_draws import Drawn
from backend.picture_file import read_recipe
from backend.upscale import upscaled


def enlarged(claim: PictureClaim) -> Drawn | None:
    """Return the claimed picture out of the smaller one; None where that is not there any more.

    Drawing it from its recipe would give the same bits and be enlarged by the same arithmetic: so
    it is only taken if it says that it is of the same recipe.
    """
    if claim.enlarges is None:
        return None
    try:
        recipe = read_recipe(claim.enlarges)
        with Image.open(claim.enlarges) as file:
            picture = file.convert("RGB")
    except (OSError, ValueError):
        return None
    if (
        recipe is None
        or recipe.model_copy(update={"upscale": claim.recipe.upscale}) != claim.recipe
    ):
        return None
    return Drawn(upscaled(picture), claim.recipe)
