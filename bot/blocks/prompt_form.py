"""The form to imagine: a prompt first, everything else behind a button. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, PlainTextObject
from slack_sdk.models.views import View

from backend.aspect import AspectRatio
from backend.recipe import LARGEST_SEED, Sampler
from backend.requests import RequestLimits
from bot.action_ids import Action, Field, Form
from bot.asks import FileInfo
from bot.blocks.inputs import LONGEST_TEXT, choice, labelled, number, tick, typed
from bot.blocks.kit import button, buttons, clip, context
from bot.blocks.modals import FormContext
from bot.wishes import Imagine
from bot.words import Words

KEEP_SIZE = "keep"
"""Stands among the ratios for the size of the picture that is asked for anew."""
_MOST_FILES, _FILE_NAME = 10, 60


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


def prompt_form(
    words: Words, context_: PromptContext, wish: Imagine, limits: RequestLimits
) -> View:
    """Return the form, filled in with a wish whose texts fit in; unfolded if its context says so.

    Fields have the same names folded and unfolded: what was typed stays when it is unfolded.
    """
    blocks: list[Block] = [*_picture(words, context_, wish), *_first(words, wish, limits)]
    if context_.more:
        blocks += _more(words, context_, wish, limits)
    else:
        blocks.append(buttons(button(words.text("imagine-more"), Action.PROMPT_MORE, "more")))
    return View(
        type="modal",
        callback_id=Form.IMAGINE,
        title=PlainTextObject(text=words.text("imagine-title")),
        submit=PlainTextObject(text=words.text("imagine-submit")),
        close=PlainTextObject(text=words.text("close")),
        private_metadata=context_.model_dump_json(exclude_defaults=True),
        blocks=blocks,
    )


def _picture(words: Words, context_: PromptContext, wish: Imagine) -> list[Block]:
    if not context_.begins_from_picture:
        return []
    blocks: list[Block] = []
    if len(context_.files) > 1:
        blocks.append(
            labelled(
                Field.PICTURE,
                words.text("imagine-from"),
                choice(words, Field.PICTURE, context_.files, context_.files[0][0]),
                optional=False,
            )
        )
    else:
        begins = words.mrkdwn("imagine-from-same")
        if context_.files:
            begins = words.mrkdwn("imagine-from-file", name=context_.files[0][1])
        blocks.append(context(begins))
    blocks.append(
        labelled(
            Field.STRENGTH,
            words.text("imagine-strength"),
            number(Field.STRENGTH, wish.strength, 0.01, 1, decimal=True),
            hint=words.text("imagine-strength-hint"),
        )
    )
    return blocks


def _first(words: Words, wish: Imagine, limits: RequestLimits) -> list[Block]:
    return [
        labelled(
            Field.PROMPT,
            words.text("imagine-prompt"),
            typed(Field.PROMPT, wish.prompt, multiline=True),
            optional=False,
        ),
        labelled(Field.NEGATIVE, words.text("imagine-not"), typed(Field.NEGATIVE, wish.negative)),
        labelled(
            Field.COUNT,
            words.text("imagine-pictures"),
            number(Field.COUNT, wish.count, 1, limits.pictures),
        ),
    ]


def _more(
    words: Words, context_: PromptContext, wish: Imagine, limits: RequestLimits
) -> list[Block]:
    ratios = [(ratio.value, ratio.value) for ratio in AspectRatio]
    ratio = wish.ratio.value if wish.ratio is not None else None
    if context_.width is not None and context_.height is not None:
        width, height = context_.width, context_.height
        as_it_was = words.text("imagine-as-it-was", width=width, height=height)
        ratios.insert(0, (KEEP_SIZE, as_it_was))
        ratio = ratio or KEEP_SIZE
    samplers = [(sampler.value, sampler.value) for sampler in Sampler]
    sampler = None if wish.sampler is None else wish.sampler.value
    return [
        labelled(
            Field.SEED,
            words.text("imagine-seed"),
            number(Field.SEED, wish.seed, 0, LARGEST_SEED),
            hint=words.text("imagine-seed-hint"),
        ),
        labelled(
            Field.STEPS,
            words.text("imagine-steps"),
            number(Field.STEPS, wish.steps, 1, limits.steps),
        ),
        labelled(
            Field.GUIDANCE,
            words.text("imagine-guidance"),
            number(Field.GUIDANCE, wish.guidance, 1, 30, decimal=True),
            hint=words.text("imagine-guidance-hint"),
        ),
        labelled(
            Field.RATIO, words.text("imagine-ratio"), choice(words, Field.RATIO, ratios, ratio)
        ),
        labelled(
            Field.SAMPLER,
            words.text("imagine-sampler"),
            choice(words, Field.SAMPLER, samplers, sampler),
        ),
        labelled(
            Field.UPSCALE,
            words.text("imagine-size"),
            tick(Field.UPSCALE, words.text("imagine-twice"), wish.upscale),
        ),
    ]
