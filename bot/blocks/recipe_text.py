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
    joined,
    preformatted,
    section,
    within,
)
from bot.errors import BotError
from bot.parse_imagine import parse_imagine
from bot.wishes import Imagine
from bot.words import Words

_BLOCKS_A_PICTURE = 2


def recipe_summary(words: Words, render: RenderView) -> Mrkdwn:
    """Return what notifications get of the recipes."""
    return words.mrkdwn("recipe-summary", prompt=render.prompt[:200])


def recipe_blocks(words: Words, render: RenderView) -> list[Block]:
    """Return the exact recipe of each picture, with the lines that draw it again."""
    blocks: list[Block] = []
    room = (MESSAGE_BLOCKS - 2) // _BLOCKS_A_PICTURE
    for one in render.pictures[:room]:
        blocks += _of_picture(words, one)
    if len(render.pictures) > room:
        blocks.append(context(words.mrkdwn("recipe-more", number=len(render.pictures) - room)))
    files = {"file": code("recipe.json"), "command": code("figment imagine --recipe recipe.json")}
    blocks.append(context(words.mrkdwn("recipe-how", files)))
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


def _of_picture(words: Words, one: PictureView) -> Sequence[Block]:
    name = words.mrkdwn("recipe-picture", number=one.index + 1)
    if not one.is_readable:
        return [section(joined((name, words.mrkdwn("recipe-other-version")), "\n"))]
    parts = [name]
    if one.is_gone:
        parts.append(words.mrkdwn("recipe-picture-deleted"))
    elif one.held_back:
        parts.append(words.mrkdwn("recipe-held-back"))
    line = imagine_line(one.recipe)
    if line is not None and len(said := code(line)) < SECTION_TEXT // 2:
        parts.append(Mrkdwn(f"\n{said}"))
    elif one.recipe.start is not None:
        parts.append(Mrkdwn(f"\n{words.mrkdwn('recipe-from-picture')}"))
    elif one.recipe.variation is not None:
        parts.append(Mrkdwn(f"\n{words.mrkdwn('recipe-is-variation')}"))
    written = preformatted(one.recipe.model_dump_json(exclude_defaults=True))
    if len(written) > SECTION_TEXT:
        return [section(joined(parts)), context(words.mrkdwn("recipe-too-long"))]
    return [section(joined(parts)), section(written)]
