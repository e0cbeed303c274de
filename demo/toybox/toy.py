"""What a toy is: the words of the world, and one toy as data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

RGB = tuple[int, int, int]


class Kind(StrEnum):
    """What the toy is; every value is a word captions use."""

    ROBOT = "robot"
    DUCK = "duck"
    CAR = "car"
    BOAT = "boat"
    ROCKET = "rocket"
    FISH = "fish"
    HOUSE = "house"
    BEAR = "bear"
    TRAIN = "train"
    SNAIL = "snail"
    TEAPOT = "teapot"
    MUSHROOM = "mushroom"


class Colour(StrEnum):
    """A colour word; its paint is in `PAINT`."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    TURQUOISE = "turquoise"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"
    BLACK = "black"
    GREY = "grey"
    WHITE = "white"


class Accessory(StrEnum):
    """Something the toy wears or holds; NONE is a bare toy."""

    NONE = "none"
    HAT = "hat"
    CROWN = "crown"
    SCARF = "scarf"
    GLASSES = "glasses"
    BOW = "bow"
    BALLOON = "balloon"


class Place(StrEnum):
    """Where the toy stands."""

    BEACH = "beach"
    FOREST = "forest"
    DESERT = "desert"
    SNOW = "snow"
    CITY = "city"
    KITCHEN = "kitchen"
    SPACE = "space"
    SEA = "sea"


class Pattern(StrEnum):
    """How a second colour lies on the body. Captions have no word for any of these."""

    PLAIN = "plain"
    HALVES = "halves"
    STRIPES = "stripes"
    DOTS = "dots"


PAINT: Mapping[Colour, RGB] = {
    Colour.RED: (216, 36, 40),
    Colour.ORANGE: (248, 130, 16),
    Colour.YELLOW: (250, 214, 36),
    Colour.GREEN: (44, 158, 60),
    Colour.TURQUOISE: (40, 200, 190),
    Colour.BLUE: (36, 84, 208),
    Colour.PURPLE: (128, 52, 190),
    Colour.PINK: (255, 134, 186),
    Colour.BROWN: (124, 74, 38),
    Colour.BLACK: (38, 38, 44),
    Colour.GREY: (142, 146, 152),
    Colour.WHITE: (246, 246, 244),
}

# The colour captions take for granted; any other is something they cannot say.
USUAL_ACCESSORY_COLOUR: Mapping[Accessory, Colour] = {
    Accessory.NONE: Colour.WHITE,
    Accessory.HAT: Colour.BLACK,
    Accessory.CROWN: Colour.YELLOW,
    Accessory.SCARF: Colour.RED,
    Accessory.GLASSES: Colour.BLACK,
    Accessory.BOW: Colour.PINK,
    Accessory.BALLOON: Colour.RED,
}


E = TypeVar("E", bound=StrEnum)


class ToySpecError(ValueError):
    """A toy's description that cannot be read; the message says which part and what fits."""


@dataclass(frozen=True, slots=True)
class Toy:
    """One toy. `second`, `pattern` and an unusual `accessory_colour` are beyond captions."""

    kind: Kind
    colour: Colour
    accessory: Accessory = Accessory.NONE
    second: Colour | None = None
    pattern: Pattern = Pattern.PLAIN
    accessory_colour: Colour | None = None

    @property
    def nameable(self) -> bool:
        """Whether a caption of the grammar can say everything about this toy."""
        usual = USUAL_ACCESSORY_COLOUR[self.accessory]
        return self.pattern is Pattern.PLAIN and self.accessory_colour in (None, usual)

    @property
    def accessory_paint(self) -> RGB:
        """The accessory's colour as 8-bit RGB."""
        return PAINT[self.accessory_colour or USUAL_ACCESSORY_COLOUR[self.accessory]]


def _member(enum: type[E], key: str, value: str) -> E:
    try:
        return enum(value)
    except ValueError:
        words = ", ".join(enum)
        raise ToySpecError(f"{key}={value} is not known here; one of: {words}") from None


def parse_toy(text: str) -> Toy:
    """Read `kind=robot colour=red second=blue pattern=halves accessory=hat`.

    Raises:
        ToySpecError: a part is not `key=value`, a key or a value is unknown, `kind` or `colour`
            is missing, or a second colour and a pattern do not come together.
    """
    parts: dict[str, str] = {}
    for part in text.lower().replace(",", " ").split():
        key, equals, value = part.partition("=")
        if not equals or not value:
            raise ToySpecError(f"'{part}' is not of the form key=value")
        if key in parts:
            raise ToySpecError(f"{key} is given twice")
        parts[key] = value
    missing = {"kind", "colour"} - parts.keys()
    if missing:
        raise ToySpecError(f"{' and '.join(sorted(missing))} missing, e.g. kind=robot colour=red")
    toy = Toy(
        kind=_member(Kind, "kind", parts.pop("kind")),
        colour=_member(Colour, "colour", parts.pop("colour")),
    )
    for key, value in parts.items():
        match key:
            case "accessory":
                toy = replace(toy, accessory=_member(Accessory, key, value))
            case "second":
                toy = replace(toy, second=_member(Colour, key, value))
            case "pattern":
                toy = replace(toy, pattern=_member(Pattern, key, value))
            case "accessory_colour":
                toy = replace(toy, accessory_colour=_member(Colour, key, value))
            case _:
                raise ToySpecError(
                    f"{key} is not known here; one of: kind, colour, second, pattern, "
                    "accessory, accessory_colour"
                )
    if (toy.second is None) != (toy.pattern is Pattern.PLAIN):
        raise ToySpecError("second=COLOUR and pattern=halves|stripes|dots belong together")
    return toy
