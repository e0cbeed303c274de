"""What is shown of a render: its state while it is open, its pictures at the end. Pure."""

from collections.abc import Mapping

from slack_sdk.models.blocks import Block

from backend.jobs import OPEN_RENDERS, RenderState
from backend.recipe import Recipe
from backend.views import PictureView, RenderView
from bot.action_ids import Action
from bot.blocks.kit import (
    MESSAGE_BLOCKS,
    Mrkdwn,
    button,
    buttons,
    code,
    context,
    escape,
    joined,
    mrkdwn,
    person,
    picture,
    section,
    within,
)
from bot.blocks.picture_buttons import picture_buttons
from bot.blocks.progress import count, duration, ordinal

_ROOM_FOR_PICTURES = MESSAGE_BLOCKS - 10


def asked(render: RenderView) -> Mrkdwn:
    """Say who asked for what."""
    return joined((person(render.owner.user), mrkdwn("asked: {prompt}", prompt=render.prompt)))


def render_status(render: RenderView) -> list[Block]:
    """Return the message that says how a render stands."""
    blocks: list[Block] = [section(asked(render)), context(escape(status_line(render)))]
    if render.state in OPEN_RENDERS:
        blocks.append(buttons(button("Cancel", Action.RENDER_CANCEL, render.id)))
    return blocks


def status_line(render: RenderView) -> str:
    """Say how a render stands."""
    pictures = count(render.count, "picture")
    match render.state:
        case RenderState.QUEUED:
            place = render.queue_position or 1
            return f"{pictures}, waiting, {ordinal(place)} in line"
        case RenderState.DRAWING:
            line = f"{pictures}, drawing, {render.done} of {render.count} done"
            return f"{line}, step {render.step} of {render.steps}" if render.step else line
        case RenderState.DONE:
            return f"{pictures}, done{_took(render)}"
        case RenderState.FAILED:
            return f"{pictures}, failed after {render.done}"
        case RenderState.CANCELLED:
            return f"{pictures}, cancelled after {render.done}"


def pictures_message(render: RenderView, files: Mapping[int, str]) -> list[Block]:
    """Return the message with the pictures of a render; `files` by the pictures' index."""
    blocks: list[Block] = [section(_title(render))]
    there = [one for one in render.pictures if one.index in files]
    shown = there[:_ROOM_FOR_PICTURES]
    for one in shown:
        blocks.append(picture(files[one.index], _alt(render, one), _name(render, one)))
    if render.failure is not None:
        blocks.append(section(escape(f"{render.failure.message} {render.failure.hint}".strip())))
    if render.state is RenderState.CANCELLED:
        blocks.append(section(escape("Cancelled before it was finished.")))
    held = sum(one.held_back for one in render.pictures)
    if held:
        text = f"{count(held, 'picture')} held back by the safety checker; another seed may help."
        blocks.append(context(escape(text)))
    gone = sum(one.path is not None and one.index not in files for one in render.pictures)
    if gone:
        what = "The file of 1 picture is" if gone == 1 else f"The files of {gone} pictures are"
        blocks.append(context(escape(f"{what} gone.")))
    if left := len(there) - len(shown):
        blocks.append(context(escape(f"{left} more have no room in one message.")))
    blocks.append(context(*recipe_lines(render)))
    return [*within(blocks, MESSAGE_BLOCKS - 3), *picture_buttons(render, shown)]


def pictures_deleted_text(render: RenderView) -> Mrkdwn:
    """Say that pictures are gone."""
    return mrkdwn("The pictures of “{prompt}” were deleted.", prompt=render.prompt)


def pictures_deleted(render: RenderView, user: str) -> list[Block]:
    """Return what stands where pictures were."""
    return [
        section(_title(render)),
        context(joined((escape("The pictures were deleted by"), person(user)))),
    ]


def _name(render: RenderView, one: PictureView) -> str:
    towards = "" if one.recipe.variation is None else f", varied by {one.recipe.variation.seed}"
    number = f"{one.index + 1} · " if render.count > 1 else ""
    return f"{number}seed {one.seed}{towards}"


def _alt(render: RenderView, one: PictureView) -> str:
    """Describe a picture to who does not see it: no more is known of it than what was asked."""
    of = f"Picture {one.index + 1} of {render.count}: " if render.count > 1 else ""
    return f"{of}{render.prompt}"


def _title(render: RenderView) -> Mrkdwn:
    # Named so that they are notified: the message that asked is the bot's own.
    return joined((mrkdwn("*{prompt}* for", prompt=render.prompt), person(render.owner.user)))


def recipe_lines(render: RenderView) -> tuple[Mrkdwn, ...]:
    """Say everything that the pictures depend on."""
    seeds = sorted(one.seed for one in render.pictures)
    seed = f"{seeds[0]} to {seeds[-1]}" if len(set(seeds)) > 1 else f"{render.seed}"
    lines = [
        escape(
            f"seed {seed} · {render.steps} steps · {render.sampler.value} · "
            f"guidance {render.guidance:g} · {render.width} x {render.height}"
        )
    ]
    if render.negative_prompt:
        lines.append(mrkdwn("not: {text}", text=render.negative_prompt))
    recipe = _any_recipe(render.pictures)
    if recipe is not None and (further := _further(recipe.recipe)):
        lines.append(escape(" · ".join(further)))
    if recipe is not None:
        concepts = [f"{ref.token} v{ref.version}" for ref in recipe.recipe.concepts]
        precision = recipe.recipe.precision.value
        base = f"base model {recipe.recipe.base_hash[:8]} · {precision}"
        lines.append(joined((*map(code, concepts), escape(base)), " · "))
    return tuple(lines)


def _further(recipe: Recipe) -> list[str]:
    """Say what most pictures do without."""
    said = []
    if recipe.guidance_until < 1:
        said.append(f"guidance until {recipe.guidance_until:.0%} of the steps")
    if recipe.start is not None:
        said.append(f"begun from a picture, strength {recipe.start.strength:g}")
    if recipe.variation is not None:
        said.append(f"variations of one seed, strength {recipe.variation.strength:g}")
    if recipe.upscale is not None:
        said.append("upscaled to twice the size")
    return said


def _any_recipe(pictures: tuple[PictureView, ...]) -> PictureView | None:
    drawn = [one for one in pictures if one.path is not None]
    return next(iter(drawn or pictures), None)


def _took(render: RenderView) -> str:
    if render.started_at is None or render.ended_at is None:
        return ""
    seconds = (render.ended_at - render.started_at).total_seconds()
    return f" in {duration(seconds)}" if seconds >= 1 else ""
