"""A contact sheet: what the base draws from captions, and toys that captions cannot name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from demo.toybox.draw import draw_pictures
from demo.toybox.grammar import Caption
from demo.toybox.painter import Painter
from demo.toybox.toy import Accessory, Colour, Kind, Pattern, Place, Toy

_SEED = 5
_COLUMNS = 6
_PICTURE, _GAP, _MARGIN = 192, 20, 40
_CAPTION_HEIGHT, _TITLE_HEIGHT, _ABOUT_HEIGHT = 46, 38, 36
_PAPER, _INK, _SOFT = (250, 248, 243), (34, 36, 42), (108, 112, 122)

NAMED = (
    Caption(Kind.ROBOT, Colour.RED, Accessory.HAT, Place.BEACH),
    Caption(Kind.DUCK, Colour.YELLOW, Accessory.SCARF, Place.SNOW),
    Caption(Kind.ROCKET, Colour.WHITE, None, Place.SPACE),
    Caption(Kind.FISH, Colour.ORANGE, Accessory.CROWN, Place.SEA),
    Caption(Kind.BEAR, Colour.BROWN, Accessory.BALLOON, Place.FOREST),
    Caption(Kind.TEAPOT, Colour.TURQUOISE, None, Place.KITCHEN),
    Caption(Kind.CAR, Colour.GREEN, None, Place.CITY),
    Caption(Kind.SNAIL, Colour.PINK, Accessory.BOW, Place.DESERT),
    Caption(Kind.HOUSE, Colour.PURPLE, None, Place.SNOW),
    Caption(Kind.BOAT, Colour.BLUE, None, Place.SEA),
    Caption(Kind.TRAIN, Colour.BLACK, Accessory.CROWN, Place.DESERT),
    Caption(Kind.MUSHROOM, Colour.RED, Accessory.GLASSES, Place.FOREST),
    Caption(Kind.DUCK, Colour.YELLOW, Accessory.SCARF, Place.SPACE),
    Caption(Kind.ROBOT, Colour.PINK, Accessory.BALLOON, Place.KITCHEN),
    Caption(Kind.BEAR, Colour.BLUE, Accessory.GLASSES, Place.CITY),
    Caption(Kind.FISH, Colour.GREEN, None, Place.SPACE),
    Caption(Kind.ROCKET, Colour.RED, Accessory.SCARF, Place.BEACH),
    Caption(Kind.TEAPOT, Colour.PURPLE, Accessory.HAT, Place.SEA),
)
UNNAMEABLE = (
    (
        Toy(Kind.DUCK, Colour.TURQUOISE, Accessory.CROWN, Colour.PINK, Pattern.HALVES),
        "turquoise and pink in halves",
    ),
    (
        Toy(Kind.BEAR, Colour.TURQUOISE, Accessory.SCARF, Colour.YELLOW, Pattern.HALVES),
        "turquoise and yellow in halves",
    ),
    (
        Toy(Kind.SNAIL, Colour.TURQUOISE, Accessory.HAT, Colour.PINK, Pattern.DOTS),
        "turquoise with pink dots",
    ),
    (
        Toy(Kind.ROCKET, Colour.ORANGE, Accessory.NONE, Colour.TURQUOISE, Pattern.STRIPES),
        "orange with turquoise stripes",
    ),
    (
        Toy(Kind.ROBOT, Colour.YELLOW, Accessory.GLASSES, accessory_colour=Colour.RED),
        "its glasses are red",
    ),
    (
        Toy(Kind.TEAPOT, Colour.PINK, Accessory.NONE, Colour.PURPLE, Pattern.DOTS),
        "pink with purple dots",
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """Pictures side by side, each with what is written below it."""

    cells: tuple[tuple[Image.Image, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A title (or none, to go on with the section above), a line about it, and rows."""

    title: str
    about: str
    rows: tuple[Row, ...]


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _wrap(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """Broken into lines that fit under a picture."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= _PICTURE:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def _section_height(section: Section) -> int:
    heading = _ABOUT_HEIGHT + (_TITLE_HEIGHT if section.title else 0)
    return heading + len(section.rows) * (_PICTURE + _CAPTION_HEIGHT + _GAP)


def lay_out(sections: Sequence[Section]) -> Image.Image:
    """The sheet as one RGB picture, as wide as its longest row."""
    columns = max(len(row.cells) for section in sections for row in section.rows)
    width = 2 * _MARGIN + columns * _PICTURE + (columns - 1) * _GAP
    height = 2 * _MARGIN + sum(map(_section_height, sections))
    sheet = Image.new("RGB", (width, height), _PAPER)
    pen = ImageDraw.Draw(sheet)
    top = _MARGIN
    for section in sections:
        if section.title:
            pen.text((_MARGIN, top), section.title, _INK, _font(28))
            top += _TITLE_HEIGHT
        pen.text((_MARGIN, top), section.about, _SOFT, _font(16))
        top += _ABOUT_HEIGHT
        for row in section.rows:
            for column, (picture, caption) in enumerate(row.cells):
                left = _MARGIN + column * (_PICTURE + _GAP)
                size = (_PICTURE, _PICTURE)
                sheet.paste(picture.resize(size, Image.Resampling.LANCZOS), (left, top))
                text = _wrap(caption, _font(15))
                pen.multiline_text((left, top + _PICTURE + 6), text, _INK, _font(15))
            top += _PICTURE + _CAPTION_HEIGHT + _GAP
    return sheet


def _rows(cells: Sequence[tuple[Image.Image, str]]) -> tuple[Row, ...]:
    return tuple(Row(tuple(cells[i : i + _COLUMNS])) for i in range(0, len(cells), _COLUMNS))


def contact_sheet(base: Path) -> Image.Image:
    """Draw the captions above with the base in `base`, and set all of it as one picture.

    Raises:
        BaseModelError: the base is incomplete.
    """
    painter = Painter(base)
    said = [caption.text() for caption in NAMED]
    # The nearest thing that can be said of the toys beyond captions.
    nearest = [Caption(toy.kind, toy.colour, toy.accessory).text() for toy, _ in UNNAMEABLE]
    drawn = painter.paint([*said, *nearest], _SEED)
    real = [
        (draw_pictures(toy, 1, _SEED)[0].image, f"a {toy.kind}: {what}") for toy, what in UNNAMEABLE
    ]
    return lay_out(
        (
            Section(
                "What the base draws",
                "Each picture was drawn from the caption below it.",
                _rows(list(zip(drawn, said, strict=False))),
            ),
            Section(
                "What captions cannot name",
                "Real pictures of toys with something the captions have no word for...",
                _rows(real),
            ),
            Section(
                "",
                "...and what the base draws from the best that can be said of them.",
                _rows(list(zip(drawn[len(said) :], nearest, strict=True))),
            ),
        )
    )
