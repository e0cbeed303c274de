"""What is shown of a render: its state while it is open, its pictures at the end. Pure."""

from collections.abc import Mapping

from slack_sdk.models.blocks import Block

from backend.jobs import OPEN_RENDERS, RenderState
from backend.recipe import Recipe
from backend.views import PictureView, RenderView
from bot.action_ids import Action
from bot.blocks.failures import failure_said
from bot.blocks.kit import (
    MESSAGE_BLOCKS,
    Mrkdwn,
    button,
    buttons,
    code,
    context,
    escape,
    joined,
    person,
    picture,
    section,
    within,
)
from bot.blocks.picture_buttons import picture_buttons
from bot.blocks.progress import duration, place_in_line
from bot.words import Words

_ROOM_FOR_PICTURES = MESSAGE_BLOCKS - 10


def asked(words: Words, render: RenderView) -> Mrkdwn:
    """Say who asked for what."""
    return words.mrkdwn("render-asked", {"who": person(render.owner.user)}, prompt=render.prompt)


def render_status(words: Words, render: RenderView) -> list[Block]:
    """Return the message that says how a render stands."""
    line = escape(status_line(words, render))
    blocks: list[Block] = [section(asked(words, render)), context(line)]
    if render.state in OPEN_RENDERS:
        blocks.append(buttons(button(words.text("cancel"), Action.RENDER_CANCEL, render.id)))
    return blocks


def status_line(words: Words, render: RenderView) -> str:
    """Say how a render stands."""
    pictures, done = render.count, render.done
    match render.state:
        case RenderState.QUEUED:
            place = place_in_line(words, render.queue_position or 1)
            return words.text("render-queued", pictures=pictures, place=place)
        case RenderState.DRAWING if render.step:
            return words.text(
                "render-drawing-step",
                pictures=pictures,
                done=done,
                step=render.step,
                steps=render.steps,
            )
        case RenderState.DRAWING:
            return words.text("render-drawing", pictures=pictures, done=done)
        case RenderState.DONE if (took := _took(words, render)) is not None:
            return words.text("render-done-in", pictures=pictures, duration=took)
        case RenderState.DONE:
            return words.text("render-done", pictures=pictures)
        case RenderState.FAILED:
            return words.text("render-failed", pictures=pictures, done=done)
        case RenderState.CANCELLED:
            return words.text("render-cancelled", pictures=pictures, done=done)


def pictures_message(
    words: Words, render: RenderView, uploaded: Mapping[int, str] | None
) -> list[Block]:
    """Return the message with the pictures of a render; their files by the pictures' index.

    None if Slack takes no files at all.
    """
    blocks: list[Block] = [section(_title(words, render))]
    files = uploaded or {}
    there = [one for one in render.pictures if one.index in files]
    shown = there[:_ROOM_FOR_PICTURES]
    for one in shown:
        blocks.append(
            picture(files[one.index], _alt(words, render, one), _name(words, render, one))
        )
    if render.failure is not None:
        blocks.append(section(escape(failure_said(words, render.failure))))
    if render.state is RenderState.CANCELLED:
        blocks.append(section(words.mrkdwn("render-unfinished")))
    held = sum(one.held_back for one in render.pictures)
    if held:
        blocks.append(context(words.mrkdwn("render-held-back", pictures=held)))
    gone = sum(one.path is not None and one.index not in files for one in render.pictures)
    if gone and uploaded is not None:
        blocks.append(context(words.mrkdwn("render-gone", pictures=gone)))
    if left := len(there) - len(shown):
        blocks.append(context(words.mrkdwn("render-no-room", number=left)))
    blocks.append(context(*recipe_lines(words, render)))
    return [*within(blocks, MESSAGE_BLOCKS - 3), *picture_buttons(words, render, shown)]


def pictures_deleted_text(words: Words, render: RenderView) -> Mrkdwn:
    """Say that pictures are gone."""
    return words.mrkdwn("render-deleted", prompt=render.prompt)


def pictures_deleted(words: Words, render: RenderView, user: str) -> list[Block]:
    """Return what stands where pictures were."""
    return [
        section(_title(words, render)),
        context(words.mrkdwn("render-deleted-by", {"who": person(user)})),
    ]


def _name(words: Words, render: RenderView, one: PictureView) -> str:
    if one.recipe.variation is None:
        name = words.text("picture-name", seed=one.seed)
    else:
        towards = one.recipe.variation.seed
        name = words.text("picture-name-varied", seed=one.seed, towards=towards)
    if render.count == 1:
        return name
    return words.text("picture-number", number=one.index + 1, name=name)


def _alt(words: Words, render: RenderView, one: PictureView) -> str:
    """Describe a picture to who does not see it: no more is known of it than what was asked."""
    if render.count == 1:
        return render.prompt
    number, count = one.index + 1, render.count
    return words.text("picture-alt", number=number, count=count, prompt=render.prompt)


def _title(words: Words, render: RenderView) -> Mrkdwn:
    # Named so that they are notified: the message that asked is the bot's own.
    return words.mrkdwn("render-title", {"who": person(render.owner.user)}, prompt=render.prompt)


def recipe_lines(words: Words, render: RenderView) -> tuple[Mrkdwn, ...]:
    """Say everything that the pictures depend on."""
    seeds = sorted(one.seed for one in render.pictures)
    if len(set(seeds)) > 1:
        seed = words.text("recipe-seeds", first=seeds[0], last=seeds[-1])
    else:
        seed = words.text("recipe-seed", seed=render.seed)
    lines = [
        words.mrkdwn(
            "recipe-numbers",
            seeds=seed,
            steps=render.steps,
            sampler=render.sampler.value,
            guidance=f"{render.guidance:g}",
            width=render.width,
            height=render.height,
        )
    ]
    if render.negative_prompt:
        lines.append(words.mrkdwn("recipe-not", text=render.negative_prompt))
    recipe = _any_recipe(render.pictures)
    dot = words.text("list-dot")
    if recipe is not None and (further := _further(words, recipe.recipe)):
        lines.append(escape(dot.join(further)))
    if recipe is not None:
        concepts = [f"{ref.token} v{ref.version}" for ref in recipe.recipe.concepts]
        base = words.mrkdwn("base-model", hash=recipe.recipe.base_hash[:8])
        precision = escape(recipe.recipe.precision.value)
        lines.append(joined((*map(code, concepts), base, precision), dot))
    return tuple(lines)


def _further(words: Words, recipe: Recipe) -> list[str]:
    """Say what most pictures do without."""
    said = []
    if recipe.guidance_until < 1:
        said.append(words.text("recipe-until", share=f"{recipe.guidance_until:.0%}"))
    if recipe.start is not None:
        said.append(words.text("recipe-start", strength=f"{recipe.start.strength:g}"))
    if recipe.variation is not None:
        said.append(words.text("recipe-variation", strength=f"{recipe.variation.strength:g}"))
    if recipe.upscale is not None:
        said.append(words.text("recipe-upscaled"))
    return said


def _any_recipe(pictures: tuple[PictureView, ...]) -> PictureView | None:
    drawn = [one for one in pictures if one.path is not None]
    return next(iter(drawn or pictures), None)


def _took(words: Words, render: RenderView) -> str | None:
    if render.started_at is None or render.ended_at is None:
        return None
    seconds = (render.ended_at - render.started_at).total_seconds()
    return duration(words, seconds) if seconds >= 1 else None
