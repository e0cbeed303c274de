"""Draws a curve of evaluation losses as a small picture. Pure but for the file that is written.

By Pillow, which is here anyway: a plotting library would be a larger dependency than the bot.
"""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.words import Words

FEWEST = 4
"""Measurements from which on there is a curve to see; a row of columns shows fewer as well."""
_SIZE = (480, 200)
_SCALE = 2
"""Drawn larger and made smaller, which is how lines get smooth."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 16, 18, 34
_GROUND, _INK, _LINE, _GRID, _BEST = "white", "#616061", "#1264a3", "#e8e8e8", "#2bac76"


def points_of(values: Sequence[float], size: tuple[int, int]) -> list[tuple[float, float]]:
    """Return where each value lies in a box, the first at its left, the lowest at its bottom."""
    width, height = size
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = width / max(1, len(values) - 1)
    return [(n * step, height - (value - low) / span * height) for n, value in enumerate(values)]


def curve_picture(words: Words, values: Sequence[float]) -> Image.Image:
    """Return the picture of at least one value; the lowest is marked."""
    width, height = _SIZE[0] * _SCALE, _SIZE[1] * _SCALE
    left, top = _LEFT * _SCALE, _TOP * _SCALE
    box = (width - (_LEFT + _RIGHT) * _SCALE, height - (_TOP + _BOTTOM) * _SCALE)
    picture = Image.new("RGB", (width, height), _GROUND)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=16 * _SCALE)
    for share, value in ((0.0, max(values)), (1.0, min(values))):
        y = top + share * box[1]
        draw.line((left, y, left + box[0], y), fill=_GRID, width=_SCALE)
        draw.text((left - 8 * _SCALE, y), f"{value:.4f}", fill=_INK, font=font, anchor="rm")
    places = [(left + x, top + y) for x, y in points_of(values, box)]
    if len(places) > 1:
        draw.line(places, fill=_LINE, width=2 * _SCALE, joint="curve")
    x, y = places[min(range(len(values)), key=values.__getitem__)]
    radius = 4 * _SCALE
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_BEST)
    label = (left, height - 6 * _SCALE)
    draw.text(label, words.text("curve-label"), fill=_INK, font=font, anchor="lb")
    return picture.resize(_SIZE, Image.Resampling.LANCZOS)


def write_curve(words: Words, values: Sequence[float], path: Path) -> Path:
    """Write the picture as a PNG; return its path."""
    curve_picture(words, values).save(path, "PNG")
    return path
