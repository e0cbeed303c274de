"""What can be done with pictures: rows of buttons, or lists where there are many. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    InteractiveElement,
    PlainTextObject,
    StaticSelectElement,
)

from backend.views import PictureView, RenderView
from bot.action_ids import Action, picture_value
from bot.blocks.inputs import option
from bot.blocks.kit import button, buttons, confirm
from bot.words import Words

MOST_IN_A_ROW = 4
"""More pictures than these are chosen from a list."""


def picture_buttons(words: Words, render: RenderView, shown: Sequence[PictureView]) -> list[Block]:
    """Return the buttons under the pictures that are `shown`."""
    usable = [one for one in shown if one.is_readable]
    larger = [one for one in usable if one.recipe.upscale is None]
    rows = [
        _row(words, "vary", Action.PICTURE_VARY, render, usable),
        _row(words, "upscale", Action.PICTURE_UPSCALE, render, larger),
    ]
    if len(shown) == 1 or len(usable) > MOST_IN_A_ROW:
        both = [element for row in rows for element in row]
        rows = [both]
    blocks: list[Block] = [
        ActionsBlock(block_id=f"pictures.{number}", elements=list(row))
        for number, row in enumerate(rows)
        if row
    ]
    return [*blocks, _of_all(words, render, shown)]


def _of_all(words: Words, render: RenderView, shown: Sequence[PictureView]) -> Block:
    elements = [
        button(words.text("again"), Action.RENDER_AGAIN, render.id),
        button(words.text("edit-prompt"), Action.RENDER_EDIT, render.id),
        button(words.text("recipe"), Action.RENDER_RECIPE, render.id),
    ]
    if shown:
        question = confirm(
            words.text("delete-question"),
            words.text("delete-what"),
            words.text("delete"),
            words.text("delete-no"),
        )
        elements.append(
            button(words.text("delete"), Action.RENDER_DELETE, render.id, confirm=question)
        )
    return buttons(*elements)


def _row(
    words: Words, verb: str, action: Action, render: RenderView, pictures: Sequence[PictureView]
) -> list[InteractiveElement]:
    """Return a button for each picture, with its number where there are several; or one list."""
    if len(pictures) > MOST_IN_A_ROW:
        return [
            StaticSelectElement(
                action_id=action.value,
                placeholder=PlainTextObject(text=words.text(f"{verb}-choose"), emoji=False),
                options=[
                    option(
                        picture_value(render.id, one.index),
                        words.text(f"{verb}-number", number=one.index + 1),
                    )
                    for one in pictures[:100]
                ],
            )
        ]
    alone = render.count == 1
    return [
        button(
            words.text(verb) if alone else words.text(f"{verb}-number", number=one.index + 1),
            f"{action.value}.{one.index}",
            picture_value(render.id, one.index),
        )
        for one in pictures
    ]
