"""What the engine refuses to draw, because it would silently be drawn as something else."""

from backend.engine_draws import Draw
from backend.errors import BackendError, ErrorCode
from backend.recipe import MOST_STEPS


def check_draw(draw: Draw, base_hash: str, hidden: int, reduction: int) -> None:
    """Refuse a draw that does not fit the base model, or whose parts do not fit its recipe.

    `hidden` is the width of the base's token rows, `reduction` the pixels that a latent stands
    for. Raises BackendError: base_model, bad_concept, bad_number, bad_pictures.
    """
    recipe = draw.recipe
    if recipe.base_hash != base_hash:
        raise BackendError(
            ErrorCode.BASE_MODEL,
            f"The recipe is for the base model {recipe.base_hash}, not {base_hash}.",
            "Set FIGMENT_BASE to the model that it was made with.",
        )
    if recipe.width % reduction or recipe.height % reduction:
        raise BackendError(
            ErrorCode.BAD_NUMBER, f"The sides of a picture must be multiples of {reduction}."
        )
    most = MOST_STEPS.get(recipe.sampler, recipe.steps)
    if recipe.steps > most:
        raise BackendError(
            ErrorCode.BAD_NUMBER,
            f"The sampler {recipe.sampler} takes at most {most} steps, not {recipe.steps}.",
            "It is made for few: 4 to 8 are usual.",
        )
    for concept in draw.concepts:
        if concept.rows.ndim != 2 or concept.rows.shape[1] != hidden:
            raise BackendError(
                ErrorCode.BAD_CONCEPT,
                f"{concept.token} was learned on another base model than the one in use.",
                "Teach it again under another name.",
            )
    named = {(ref.token, ref.sha256) for ref in recipe.concepts}
    if named != {(concept.token, concept.sha256) for concept in draw.concepts}:
        raise BackendError(
            ErrorCode.BAD_CONCEPT,
            "The rows at hand are not those of the concepts that the recipe names.",
            "Ask for the picture again.",
        )
    start = None if recipe.start is None else recipe.start.sha256
    if start != (None if draw.start is None else draw.start.sha256):
        raise BackendError(
            ErrorCode.BAD_PICTURES,
            "The picture to start from is not the one that the recipe names.",
            "Ask for the picture again.",
        )
