"""The form to imagine: a prompt first, everything else behind a button. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, PlainTextObject
from slack_sdk.models.views import View

from backend.aspect import AspectRatio
from backend.recipe import LARGEST_SEED, Sampler
from bot.action_ids import Action, Field, Form
from bot.asks import FileInfo
from bot.blocks.inputs import LONGEST_TEXT, choice, labelled, number, tick, words
from bot.blocks.kit import button, buttons, clip, context, escape
from bot.blocks.modals import FormContext
from bot.wishes import Imagine

KEEP_SIZE = "keep"
"""Stands among the ratios for the size of the picture that is asked for anew."""
_MOST_FILES, _FILE_NAME = 10, 60
_MOST_PICTURES = 100
_MOST_STEPS = 1000


class PromptContext(FormContext):
    """What a form to imagine remembers beside its fields.

    `files` are pictures to begin from, as (id, name), `start` one that was begun from before.
    What has no field of its own, such as the size as it was, travels along.
    """

    files: tuple[tuple[str, str], ...] = ()
    start: str | None = None
    width: int | None = None
    height: int | None = None
    until: float | None = None
    vary: float | None = None
    more: bool = False

    def carrying(self, wish: Imagine) -> "PromptContext":
        """Return this with what of a wish has no field."""
        return self.model_copy(
            update={
                "start": wish.start,
                "width": wish.width,
                "height": wish.height,
                "until": wish.until,
                "vary": wish.vary,
            }
        )

    @property
    def begins_from_picture(self) -> bool:
        """Whether there is a picture to begin from."""
        return bool(self.files) or self.start is not None


def startable(files: Sequence[FileInfo]) -> tuple[tuple[str, str], ...]:
    """Return what a form remembers of files."""
    return tuple((file.id, clip(file.title, _FILE_NAME)) for file in files[:_MOST_FILES])


def fits_in_form(wish: Imagine) -> bool:
    """Tell whether the texts are short enough for a form."""
    return max(len(wish.prompt), len(wish.negative or "")) <= LONGEST_TEXT


def prompt_form(context_: PromptContext, wish: Imagine) -> View:
    """Return the form, filled in with a wish whose texts fit in; unfolded if its context says so.

    Fields have the same names folded and unfolded: what was typed stays when it is unfolded.
    """
    blocks: list[Block] = [*_picture(context_, wish), *_first(wish)]
    if context_.more:
        blocks += _more(context_, wish)
    else:
        blocks.append(buttons(button("More settings", Action.PROMPT_MORE, "more")))
    return View(
        type="modal",
        callback_id=Form.IMAGINE,
        title=PlainTextObject(text="Imagine"),
        submit=PlainTextObject(text="Draw"),
        close=PlainTextObject(text="Close"),
        private_metadata=context_.model_dump_json(exclude_defaults=True),
        blocks=blocks,
    )


def _picture(context_: PromptContext, wish: Imagine) -> list[Block]:
    if not context_.begins_from_picture:
        return []
    blocks: list[Block] = []
    if len(context_.files) > 1:
        blocks.append(
            labelled(
                Field.PICTURE,
                "Picture to begin from",
                choice(Field.PICTURE, context_.files, context_.files[0][0]),
                optional=False,
            )
        )
    else:
        name = context_.files[0][1] if context_.files else "the same picture"
        blocks.append(context(escape(f"Begins from {name}.")))
    blocks.append(
        labelled(
            Field.STRENGTH,
            "Strength",
            number(Field.STRENGTH, wish.strength, 0.01, 1, decimal=True),
            hint="How much of the picture is made anew: 0.3 keeps most of it, 0.9 little.",
        )
    )
    return blocks


def _first(wish: Imagine) -> list[Block]:
    return [
        labelled(
            Field.PROMPT, "Prompt", words(Field.PROMPT, wish.prompt, multiline=True), optional=False
        ),
        labelled(Field.NEGATIVE, "What should not be in it", words(Field.NEGATIVE, wish.negative)),
        labelled(Field.COUNT, "Pictures", number(Field.COUNT, wish.count, 1, _MOST_PICTURES)),
    ]


def _more(context_: PromptContext, wish: Imagine) -> list[Block]:
    ratios = [(ratio.value, ratio.value) for ratio in AspectRatio]
    ratio = wish.ratio.value if wish.ratio is not None else None
    if context_.width is not None and context_.height is not None:
        ratios.insert(0, (KEEP_SIZE, f"{context_.width} x {context_.height}, as it was"))
        ratio = ratio or KEEP_SIZE
    samplers = [(sampler.value, sampler.value) for sampler in Sampler]
    sampler = None if wish.sampler is None else wish.sampler.value
    return [
        labelled(
            Field.SEED,
            "Seed",
            number(Field.SEED, wish.seed, 0, LARGEST_SEED),
            hint="The same seed gives the same picture; empty for a new one.",
        ),
        labelled(Field.STEPS, "Steps", number(Field.STEPS, wish.steps, 1, _MOST_STEPS)),
        labelled(
            Field.GUIDANCE,
            "Guidance",
            number(Field.GUIDANCE, wish.guidance, 1, 30, decimal=True),
            hint="How closely the prompt is followed.",
        ),
        labelled(Field.RATIO, "Shape, width to height", choice(Field.RATIO, ratios, ratio)),
        labelled(Field.SAMPLER, "Sampler", choice(Field.SAMPLER, samplers, sampler)),
        labelled(Field.UPSCALE, "Size", tick(Field.UPSCALE, "Twice the size", wish.upscale)),
    ]
