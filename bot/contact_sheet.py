"""Draws pictures side by side as they will be trained on: one PNG, numbered, the bad ones crossed.

Pure but for the file that is written.
"""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from backend.picture_review import TILE_SIDE, Tile
from bot.words import Words

_GAP = 12
_LABEL = 26
_MOST_COLUMNS = 5
_GROUND, _INK, _BAD, _EMPTY = "white", "#1d1c1d", "#c01343", "#dddddd"


def contact_sheet(words: Words, tiles: Sequence[Tile]) -> Image.Image:
    """Return the sheet of at least one picture, each by its label or else its number."""
    columns = min(_MOST_COLUMNS, max(1, len(tiles)))
    rows = max(1, -(-len(tiles) // columns))
    cell = TILE_SIDE + _GAP
    size = (columns * cell + _GAP, rows * (cell + _LABEL) + _GAP)
    sheet = Image.new("RGB", size, _GROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=16)
    for number, tile in enumerate(tiles):
        left = _GAP + number % columns * cell
        top = _GAP + number // columns * (cell + _LABEL)
        _draw_tile(sheet, draw, tile, (left, top))
        colour = _INK if tile.problem is None else _BAD
        label = tile.label or f"{number + 1}"
        if tile.problem is not None:
            label = words.text("sheet-left-out", label=label)
        draw.text((left, top + TILE_SIDE + 3), label, fill=colour, font=font)
    return sheet


def _draw_tile(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, tile: Tile, at: tuple[int, int]
) -> None:
    left, top = at
    right, bottom = left + TILE_SIDE - 1, top + TILE_SIDE - 1
    if tile.image is None:
        draw.rectangle((left, top, right, bottom), fill=_EMPTY)
    else:
        sheet.paste(tile.image.resize((TILE_SIDE, TILE_SIDE)), at)
    if tile.problem is not None:
        draw.rectangle((left, top, right, bottom), outline=_BAD, width=4)
        draw.line((left, top, right, bottom), fill=_BAD, width=4)
        draw.line((left, bottom, right, top), fill=_BAD, width=4)


def write_sheet(words: Words, tiles: Sequence[Tile], path: Path) -> Path:
    """Write the sheet as a PNG; return its path."""
    contact_sheet(words, tiles).save(path, "PNG")
    return path
