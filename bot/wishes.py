"""What a person can want, whatever way they said it. Plain text, checked by backend later."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.aspect import AspectRatio
from backend.recipe import Sampler
from backend.redraws import Redraw
from bot.wishes_housekeeping import Housekeeping
from bot.wishes_teaching import JobWish


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Teach(_Wish):
    """Learn `name` from pictures, beginning with what `word` means."""

    kind: Literal["teach"] = "teach"
    name: str
    word: str
    style: bool = False
    max_steps: int | None = None
    vectors: int | None = None
    learning_rate: float | None = None
    repeats: int | None = None


class OpenTeach(_Wish):
    """Be shown the form to teach."""

    kind: Literal["open_teach"] = "open_teach"


class Imagine(_Wish):
    """Draw `prompt`. None leaves a number to the settings. Sizes in pixels.

    `until` is the share of the steps with guidance, `strength` how much of an attached picture
    is made anew, `vary` how far pictures differ from that of the seed, `start` the SHA-256 of a
    picture that was begun from before.
    """

    kind: Literal["imagine"] = "imagine"
    prompt: str
    count: int | None = None
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    until: float | None = None
    negative: str | None = None
    sampler: Sampler | None = None
    width: int | None = None
    height: int | None = None
    ratio: AspectRatio | None = None
    start: str | None = None
    strength: float | None = None
    vary: float | None = None
    upscale: bool = False


class Again(_Wish):
    """Draw an earlier render's prompt with all its flags and a new seed.

    Variations are of the same seed: then it is what they are turned towards that is new.
    """

    kind: Literal["again"] = "again"
    render_id: str


class MakeOf(_Wish):
    """Have variations of one picture of a render, or the picture itself, larger."""

    kind: Literal["make_of"] = "make_of"
    render_id: str
    index: int
    change: Redraw


class TellRecipe(_Wish):
    """Be told the recipe of each picture of a render."""

    kind: Literal["tell_recipe"] = "tell_recipe"
    render_id: str


class RemovePictures(_Wish):
    """Delete the pictures of a render."""

    kind: Literal["remove_pictures"] = "remove_pictures"
    render_id: str


class Cancel(_Wish):
    """End a job or render: its id, the beginning of it, or the token of a job."""

    kind: Literal["cancel"] = "cancel"
    what: str


class ListConcepts(_Wish):
    """See what the workspace has taught."""

    kind: Literal["list"] = "list"


class Show(_Wish):
    """See one concept."""

    kind: Literal["show"] = "show"
    name: str


class ShowQueue(_Wish):
    """See what has not ended yet."""

    kind: Literal["queue"] = "queue"


class Help(_Wish):
    """Be told what can be said."""

    kind: Literal["help"] = "help"


Wish = Annotated[
    Teach
    | OpenTeach
    | Imagine
    | Again
    | MakeOf
    | TellRecipe
    | RemovePictures
    | Cancel
    | ListConcepts
    | Show
    | ShowQueue
    | Help
    | JobWish
    | Housekeeping,
    Field(discriminator="kind"),
]
