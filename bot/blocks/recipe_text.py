"""The recipes of a render's pictures, and what draws them again. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from backend.recipe import Recipe
from backend.views import PictureView, RenderView
from bot.blocks.kit import (
    MESSAGE_BLOCKS,
    SECTION_TEXT,
    Mrkdwn,
    code,
    context,
    escape,
    joined,
    mrkdwn,
    preformatted,
    section,
    within,
)
from bot.errors import BotError
from bot.parse import parse_imagine
from bot.wishes import Imagine

_BLOCKS_A_PICTURE = 2


def recipe_summary(render: RenderView) -> Mrkdwn:
    """Return what notifications get of the recipes."""
    return mrkdwn("How “{prompt}” was drawn.", prompt=render.prompt[:200])


def recipe_blocks(render: RenderView) -> list[Block]:
    """Return the exact recipe of each picture, with the lines that draw it again."""
    blocks: list[Block] = []
    room = (MESSAGE_BLOCKS - 2) // _BLOCKS_A_PICTURE
    for one in render.pictures[:room]:
        blocks += _of_picture(one)
    if len(render.pictures) > room:
        blocks.append(context(escape(f"And {len(render.pictures) - room} more, alike.")))
    blocks.append(
        context(
            joined(
                (
                    escape("Every picture carries its recipe. Save one as it is, or a recipe as"),
                    code("recipe.json"),
                    escape("and"),
                    code("figment imagine --recipe recipe.json"),
                    escape("draws it again, bit for bit on the same machine."),
                )
            )
        )
    )
    return within(blocks, MESSAGE_BLOCKS)


def imagine_line(recipe: Recipe) -> str | None:
    """Return the words that ask for just this picture; None where no words do.

    A variation is turned towards a seed that cannot be said, and a picture to begin from has to
    be attached. Words that would be read as something else are not told either.
    """
    if recipe.variation is not None or recipe.start is not None:
        return None
    parts = [recipe.prompt, f"--n 1 --seed {recipe.seed} --steps {recipe.steps}"]
    parts.append(f"--sampler {recipe.sampler.value} --guidance {_plain(recipe.guidance)}")
    parts.append(f"--size {recipe.width}x{recipe.height}")
    parts.append(f"--until {_plain(recipe.guidance_until)}")
    if recipe.upscale is not None:
        parts.append("--upscale 2")
    if recipe.negative_prompt:
        parts.append(f"--no {recipe.negative_prompt}")
    line = " ".join(parts)
    try:
        understood = parse_imagine(line)
    except BotError:
        return None
    return f"/imagine {line}" if understood == _meant(recipe) else None


def _meant(recipe: Recipe) -> Imagine:
    return Imagine(
        prompt=recipe.prompt,
        count=1,
        seed=recipe.seed,
        steps=recipe.steps,
        guidance=recipe.guidance,
        until=recipe.guidance_until,
        negative=recipe.negative_prompt or None,
        sampler=recipe.sampler,
        width=recipe.width,
        height=recipe.height,
        upscale=recipe.upscale is not None,
    )


def _plain(number: float) -> str:
    """Write a number without an exponent, which no flag reads."""
    return f"{number:.9f}".rstrip("0").rstrip(".")


def _of_picture(one: PictureView) -> Sequence[Block]:
    name = f"*Picture {one.index + 1}*"
    if not one.is_readable:
        return [section(Mrkdwn(f"{name}\n{escape('Drawn by another version of Figment.')}"))]
    parts = [Mrkdwn(name)]
    if one.is_gone:
        parts.append(escape("(deleted)"))
    elif one.held_back:
        parts.append(escape("(held back by the safety checker)"))
    line = imagine_line(one.recipe)
    if line is not None and len(said := code(line)) < SECTION_TEXT // 2:
        parts.append(Mrkdwn(f"\n{said}"))
    elif one.recipe.start is not None:
        parts.append(escape("\nBegun from a picture: no line of words draws it again."))
    elif one.recipe.variation is not None:
        parts.append(escape("\nA variation: no line of words draws it again, its recipe does."))
    written = preformatted(one.recipe.model_dump_json(exclude_defaults=True))
    if len(written) > SECTION_TEXT:
        return [
            section(joined(parts)),
            context(escape("Its recipe is too long to show here; the picture's file has it.")),
        ]
    return [section(joined(parts)), section(written)]
