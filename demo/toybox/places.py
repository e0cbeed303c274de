"""The places toys stand in: one background each, varied by a random generator."""

import math
from collections.abc import Callable, Mapping
from random import Random

from PIL import Image, ImageDraw

from demo.toybox.pen import shade
from demo.toybox.toy import RGB, Place


class Backdrop:
    """A square canvas of `side` pixels, drawn in fractions of its side."""

    def __init__(self, side: int, rng: Random) -> None:
        self.image = Image.new("RGB", (side, side))
        self.rng = rng
        self._side = side
        self._draw = ImageDraw.Draw(self.image)

    def gradient(self, top: float, bottom: float, first: RGB, last: RGB) -> None:
        """Vertical gradient between two heights."""
        start, end = round(top * self._side), round(bottom * self._side)
        for y in range(start, end):
            part = (y - start) / max(1, end - start - 1)
            colour = tuple(round(a + (b - a) * part) for a, b in zip(first, last, strict=True))
            self._draw.line([(0, y), (self._side, y)], colour)

    def polygon(self, points: list[tuple[float, float]], fill: RGB) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * self._side, y * self._side) for x, y in points], fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: RGB, squash: float = 1.0) -> None:
        """A filled disc; `squash` below 1 flattens it."""
        s, ry = self._side, radius * squash
        self._draw.ellipse(
            ((x - radius) * s, (y - ry) * s, (x + radius) * s, (y + ry) * s), fill=fill
        )

    def box(self, left: float, top: float, right: float, bottom: float, fill: RGB) -> None:
        """A filled rectangle."""
        s = self._side
        self._draw.rectangle((left * s, top * s, right * s, bottom * s), fill=fill)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], width: float, fill: RGB
    ) -> None:
        """A line `width` of the side thick."""
        s = self._side
        self._draw.line(
            (start[0] * s, start[1] * s, end[0] * s, end[1] * s), fill, max(1, round(width * s))
        )

    def jitter(self, colour: RGB, amount: int = 10) -> RGB:
        """A colour near another."""
        red, green, blue = (min(255, max(0, c + self.rng.randint(-amount, amount))) for c in colour)
        return (red, green, blue)


def _beach(b: Backdrop) -> None:
    horizon, shore = b.rng.uniform(0.38, 0.46), b.rng.uniform(0.58, 0.66)
    b.gradient(0, horizon, b.jitter((120, 200, 250)), (206, 236, 252))
    b.disc(b.rng.uniform(0.1, 0.9), b.rng.uniform(0.08, 0.2), 0.08, (255, 236, 130))
    b.gradient(horizon, shore, (30, 130, 200), b.jitter((90, 200, 220)))
    b.gradient(shore, 1, (250, 228, 170), b.jitter((240, 206, 138)))
    b.line((0, shore), (1, shore + b.rng.uniform(-0.02, 0.02)), 0.02, (255, 255, 255))
    for _ in range(4):
        b.disc(b.rng.random(), b.rng.uniform(0.75, 0.97), 0.012, (228, 188, 130))


def _forest(b: Backdrop) -> None:
    b.gradient(0, 0.7, b.jitter((120, 180, 120)), (60, 120, 70))
    b.gradient(0.7, 1, (70, 110, 50), b.jitter((50, 84, 40)))
    x = b.rng.uniform(-0.05, 0.08)
    while x < 1.05:
        width, base = b.rng.uniform(0.04, 0.06), b.rng.uniform(0.68, 0.8)
        b.box(x - width / 2, 0.3, x + width / 2, base, b.jitter((92, 62, 40)))
        leaf = b.jitter((30, 96, 46), 16)
        for level in range(3):
            y = 0.1 + 0.16 * level
            spread = 0.08 + 0.035 * level
            b.polygon([(x - spread, y + 0.2), (x, y - 0.08), (x + spread, y + 0.2)], leaf)
        x += b.rng.uniform(0.15, 0.22)


def _desert(b: Backdrop) -> None:
    b.gradient(0, 0.55, b.jitter((252, 176, 92)), (255, 226, 150))
    b.disc(b.rng.uniform(0.15, 0.85), 0.16, 0.1, (255, 246, 214))
    low = b.rng.uniform(0.5, 0.6)
    b.gradient(0.55, 1, (226, 150, 76), b.jitter((206, 122, 60)))
    b.polygon(
        [(0, low), (0.3, low - 0.1), (0.7, low + 0.08), (1, low - 0.04), (1, 0.75), (0, 0.75)],
        b.jitter((222, 140, 70)),
    )
    for x in (b.rng.uniform(0.05, 0.2), b.rng.uniform(0.8, 0.95)):
        green = b.jitter((60, 120, 60))
        b.box(x - 0.025, 0.34, x + 0.025, 0.72, green)
        b.box(x - 0.08, 0.42, x - 0.05, 0.54, green)
        b.box(x - 0.08, 0.52, x, 0.56, green)


def _snow(b: Backdrop) -> None:
    b.gradient(0, 0.6, b.jitter((170, 196, 224)), (222, 232, 244))
    for x in (b.rng.uniform(0.05, 0.3), b.rng.uniform(0.6, 0.95)):
        peak = b.rng.uniform(0.12, 0.24)
        b.polygon([(x - 0.35, 0.62), (x, peak), (x + 0.35, 0.62)], b.jitter((136, 152, 180)))
        b.polygon([(x - 0.1, peak + 0.125), (x, peak), (x + 0.1, peak + 0.125)], (250, 252, 255))
    b.gradient(0.6, 1, (250, 252, 255), b.jitter((220, 230, 244)))
    for _ in range(26):
        b.disc(b.rng.random(), b.rng.random(), b.rng.uniform(0.008, 0.014), (255, 255, 255))


def _city(b: Backdrop) -> None:
    b.gradient(0, 0.72, b.jitter((150, 160, 190)), (226, 206, 196))
    x = -0.03
    while x < 1:
        width, top = b.rng.uniform(0.14, 0.2), b.rng.uniform(0.1, 0.34)
        wall = b.jitter((104, 100, 122), 20)
        b.box(x, top, x + width, 0.74, wall)
        for row in range(4):
            for column in range(2):
                wx, wy = x + 0.03 + column * width * 0.45, top + 0.05 + row * 0.11
                b.box(wx, wy, wx + 0.035, wy + 0.05, (254, 226, 130))
        x += width + 0.01
    b.box(0, 0.72, 1, 1, b.jitter((74, 76, 84), 6))
    for k in range(4):
        b.box(0.04 + 0.26 * k, 0.9, 0.17 + 0.26 * k, 0.925, (240, 240, 230))


def _kitchen(b: Backdrop) -> None:
    first, second = b.jitter((250, 244, 226), 6), b.jitter((206, 226, 214), 6)
    for row in range(6):
        for column in range(9):
            fill = first if (row + column) % 2 else second
            b.box(column * 0.12 - 0.02, row * 0.12, column * 0.12 + 0.1, row * 0.12 + 0.12, fill)
    b.box(0, 0.1, 1, 0.13, (150, 104, 66))
    for _ in range(3):
        x = b.rng.uniform(0.08, 0.92)
        b.box(x - 0.04, 0.02, x + 0.04, 0.1, b.jitter((190, 110, 90), 40))
    wood = b.jitter((176, 120, 74))
    b.box(0, 0.68, 1, 0.74, shade(wood, 0.75))
    b.box(0, 0.72, 1, 1, wood)
    for y in (0.8, 0.9):
        b.line((0, y), (1, y), 0.006, shade(wood, 0.82))


def _space(b: Backdrop) -> None:
    b.gradient(0, 1, b.jitter((18, 14, 46), 6), b.jitter((44, 22, 84), 8))
    for _ in range(46):
        b.disc(b.rng.random(), b.rng.random(), b.rng.uniform(0.003, 0.009), (255, 250, 224))
    x, y, radius = b.rng.uniform(0.1, 0.9), b.rng.uniform(0.1, 0.25), b.rng.uniform(0.08, 0.12)
    b.disc(x, y, radius, b.jitter((196, 140, 110), 30))
    b.disc(x, y, radius * 1.6, (226, 206, 160), 0.12)
    b.disc(0.5, 1.3, 0.62, b.jitter((150, 150, 160)))


def _sea(b: Backdrop) -> None:
    b.gradient(0, 0.84, b.jitter((60, 190, 220), 8), b.jitter((10, 70, 140), 8))
    b.gradient(0.84, 1, (196, 180, 130), (150, 136, 104))
    for x in (b.rng.uniform(0.03, 0.15), b.rng.uniform(0.85, 0.97), b.rng.uniform(0.2, 0.8)):
        for k in range(8):
            sway = 0.02 * math.sin(k * 1.1)
            b.disc(x + sway, 0.92 - 0.055 * k, 0.026, (30, 140, 96), 1.3)
    for _ in range(9):
        b.disc(
            b.rng.random(), b.rng.uniform(0.03, 0.8), b.rng.uniform(0.01, 0.022), (186, 234, 250)
        )


DRAW_PLACE: Mapping[Place, Callable[[Backdrop], None]] = {
    Place.BEACH: _beach,
    Place.FOREST: _forest,
    Place.DESERT: _desert,
    Place.SNOW: _snow,
    Place.CITY: _city,
    Place.KITCHEN: _kitchen,
    Place.SPACE: _space,
    Place.SEA: _sea,
}


def draw_place(place: Place, side: int, rng: Random) -> Image.Image:
    """The background of `place` as a square RGB picture of `side` pixels."""
    backdrop = Backdrop(side, rng)
    DRAW_PLACE[place](backdrop)
    return backdrop.image
