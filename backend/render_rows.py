"""Between rows of renders and what callers ask for and see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from backend.jobs import PictureState, RenderState
from backend.layout import DataFolder
from backend.models import PictureRow, RenderRow
from backend.people import Person, Place
from backend.recipe import Recipe, Sampler
from backend.views import Failure, PictureView, RenderView


@dataclass(frozen=True, slots=True)
class NewRender:
    """A checked imagine request: one recipe for each picture, all of one size and sampler.

    `enlarges` is the file of the picture that its one picture is the double size of.
    """

    id: str
    key: str
    by: Person
    place: Place
    recipes: tuple[Recipe, ...]
    enlarges: Path | None = None


def batch_group(recipe: Recipe) -> str:
    """Return the name that pictures share if one batch may draw them together.

    It begins with the base model's hash and a colon.
    """
    return (
        f"{recipe.base_hash}:{recipe.width}x{recipe.height}:{recipe.steps}:"
        f"{recipe.sampler}:{recipe.precision}"
    )


def new_row(render: NewRender, now: datetime) -> RenderRow:
    """Return the row of a render that enters the queue."""
    recipe = render.recipes[0]
    return RenderRow(
        id=render.id,
        key=render.key,
        workspace=render.by.workspace,
        channel=render.place.channel,
        thread=render.place.thread,
        user=render.by.user,
        state=RenderState.QUEUED,
        prompt=recipe.prompt,
        negative_prompt=recipe.negative_prompt,
        count=len(render.recipes),
        steps=recipe.steps,
        guidance=recipe.guidance,
        sampler=recipe.sampler,
        seed=recipe.seed,
        width=recipe.width,
        height=recipe.height,
        created_at=now,
    )


def new_picture(
    render_id: str, position: int, recipe: Recipe, enlarges: str | None, now: datetime
) -> PictureRow:
    """Return the row of one of its pictures; `enlarges` is as the database names files."""
    return PictureRow(
        render_id=render_id,
        position=position,
        state=PictureState.QUEUED,
        batch_group=batch_group(recipe),
        recipe=recipe.model_dump(mode="json"),
        enlarges=enlarges,
        attempt=0,
        step=0,
        held_back=False,
        created_at=now,
    )


def render_view(
    row: RenderRow, pictures: Sequence[PictureRow], position: int | None, folder: DataFolder
) -> RenderView:
    """Return a render as callers see it; `position` is its place in line, if it waits."""
    views = tuple(_picture_view(picture, row, folder) for picture in pictures)
    failure = None
    if row.failure_reason is not None:
        failure = Failure(row.failure_reason, row.failure_message or "", row.failure_hint or "")
    return RenderView(
        id=row.id,
        state=row.state,
        prompt=row.prompt,
        negative_prompt=row.negative_prompt,
        owner=Person(row.workspace, row.user),
        place=Place(row.workspace, row.channel, row.thread),
        count=row.count,
        steps=row.steps,
        guidance=row.guidance,
        sampler=_known_sampler(row.sampler),
        seed=row.seed,
        width=row.width,
        height=row.height,
        done=sum(picture.state is PictureState.DONE for picture in pictures),
        pictures=views,
        failure=failure,
        queue_position=position,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _picture_view(row: PictureRow, render: RenderRow, folder: DataFolder) -> PictureView:
    try:
        recipe, is_readable = Recipe.model_validate(row.recipe), True
    except ValidationError:
        # Another version wrote it: the render must still be seen, and be ended, by this one.
        recipe, is_readable = _stand_in(render), False
    return PictureView(
        index=row.position,
        seed=recipe.seed,
        path=None if row.path is None else folder.absolute(row.path),
        recipe=recipe,
        held_back=row.held_back,
        step=row.step if row.state is PictureState.DRAWING else 0,
        is_gone=row.state is PictureState.DONE and row.path is None and not row.held_back,
        is_readable=is_readable,
    )


def _known_sampler(name: str) -> Sampler:
    try:
        return Sampler(name)
    except ValueError:
        return next(iter(Sampler))


def _stand_in(render: RenderRow) -> Recipe:
    return Recipe.model_construct(
        prompt=render.prompt,
        negative_prompt=render.negative_prompt,
        seed=render.seed,
        steps=render.steps,
        sampler=_known_sampler(render.sampler),
        guidance=render.guidance,
        width=render.width,
        height=render.height,
        base_hash="",
    )
