"""What is drawn from a picture that is there already: variations of it, or itself, larger. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from backend.errors import BackendError, ErrorCode
from backend.new_recipes import variations_of
from backend.people import MEMBER, Person, Place, Standing
from backend.recipe import Recipe, Upscaler
from backend.views import PictureView, RenderView


class Redraw(StrEnum):
    """What is made of a picture."""

    VARY = "vary"
    """Others of its kind: all its settings, the noise turned a little."""
    AGAIN = "again"
    """Of a variation: others of what it is a variation of, as far from it."""
    UPSCALE = "upscale"
    """The same picture, bit for bit, and then twice its size."""


@dataclass(frozen=True, slots=True)
class RedrawRequest:
    """Make something of the picture number `index` (from 0) of a render.

    `count` and `strength` are for variations; None stands for the setting's number of pictures,
    and for the usual strength. The same `key` makes the same render.
    """

    render_id: str
    index: int
    change: Redraw
    by: Person
    place: Place
    key: str
    count: int | None = None
    strength: float | None = None
    standing: Standing = MEMBER


USUAL_VARIATION = 0.2
"""How far variations go where nobody says."""


def checked_picture(render: RenderView, index: int) -> PictureView:
    """Return a picture that something can be made of; raises BackendError (not_found)."""
    found = next((one for one in render.pictures if one.index == index), None)
    if found is None:
        raise BackendError(
            ErrorCode.NOT_FOUND, "This render has no such picture.", case="no-picture"
        )
    if found.is_gone:
        raise BackendError(
            ErrorCode.NOT_FOUND,
            "This picture was deleted.",
            "Ask for new ones with its prompt.",
            case="picture-deleted",
        )
    if found.path is None:
        why = "was held back by the safety checker" if found.held_back else "was never finished"
        raise BackendError(
            ErrorCode.NOT_FOUND,
            f"This picture {why}.",
            "Try another one.",
            case="held-back" if found.held_back else "never-finished",
        )
    if not found.is_readable:
        raise BackendError(
            ErrorCode.BAD_RECIPE,
            "This picture was drawn by another version of Figment, whose recipe cannot be read.",
            "Ask for new ones with its prompt.",
            case="other-version",
        )
    return found


def redrawn(recipe: Recipe, change: Redraw, count: int, strength: float, seed: int) -> list[Recipe]:
    """Return the recipes that come of `recipe`; raises BackendError (bad_number).

    `seed` is the first that variations are turned towards.
    """
    if change is Redraw.VARY:
        if not (0 <= strength <= 1 and count >= 1):
            raise BackendError(
                ErrorCode.BAD_NUMBER,
                f"The strength of a variation must be from 0 to 1, not {strength}.",
                "Try 0.2.",
                case="vary-strength",
                facts={"strength": f"{strength}"},
            )
        return list(variations_of(recipe, count, strength, seed))
    if change is Redraw.AGAIN:
        if recipe.variation is None:
            raise BackendError(
                ErrorCode.BAD_NUMBER, "This picture is no variation.", case="no-variation"
            )
        before = recipe.varied_before
        parent = recipe.model_copy(
            update={"varied_before": before[:-1], "variation": before[-1] if before else None}
        )
        return list(variations_of(parent, count, recipe.variation.strength, seed))
    if recipe.upscale is not None:
        raise BackendError(
            ErrorCode.BAD_NUMBER, "This picture has twice its size already.", case="twice-already"
        )
    return [recipe.model_copy(update={"upscale": Upscaler.LANCZOS})]
