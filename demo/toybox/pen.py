"""A pen that draws in the toy's own coordinates, whatever its pose in the picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import ImageDraw

from demo.toybox.toy import RGB

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a toy stands: centre in pixels, scale in pixels a unit, tilt in radians, mirrored."""

    x: float
    y: float
    scale: float
    tilt: float
    mirrored: bool

    def apply(self, point: Point) -> Point:
        """A point of the toy (x right, y down, about -1..1) as pixels of the picture."""
        x = -point[0] if self.mirrored else point[0]
        cosine, sine = math.cos(self.tilt), math.sin(self.tilt)
        return (
            self.x + self.scale * (x * cosine - point[1] * sine),
            self.y + self.scale * (x * sine + point[1] * cosine),
        )


def shade(colour: RGB, factor: float) -> RGB:
    """Darker (factor < 1) or lighter (factor > 1, towards white)."""
    if factor <= 1:
        red, green, blue = (round(c * factor) for c in colour)
    else:
        red, green, blue = (round(c + (255 - c) * (factor - 1)) for c in colour)
    return (red, green, blue)


class Pen:
    """Draws filled, outlined shapes given in toy coordinates onto a Pillow canvas."""

    def __init__(self, canvas: ImageDraw.ImageDraw, pose: Pose) -> None:
        self._canvas = canvas
        self._pose = pose
        self._edge = max(2, round(pose.scale * 0.035))

    def polygon(self, points: Sequence[Point], fill: RGB, edge: RGB | None = None) -> None:
        """A filled polygon; its edge is a darker shade unless another is named."""
        placed = [self._pose.apply(p) for p in points]
        self._canvas.polygon(placed, fill=fill)
        outline = edge if edge is not None else shade(fill, 0.55)
        self._canvas.line([*placed, placed[0], placed[1]], outline, self._edge, joint="curve")

    def rectangle(self, left: float, top: float, right: float, bottom: float, fill: RGB) -> None:
        """An upright box with slightly cut corners, so that it looks like a toy's."""
        cut = 0.16 * min(right - left, bottom - top)
        self.polygon(
            [
                (left + cut, top),
                (right - cut, top),
                (right, top + cut),
                (right, bottom - cut),
                (right - cut, bottom),
                (left + cut, bottom),
                (left, bottom - cut),
                (left, top + cut),
            ],
            fill,
        )

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, fill: RGB, edge: RGB | None = None
    ) -> None:
        """An ellipse with radii rx, ry around (x, y)."""
        turns = [2 * math.pi * k / 40 for k in range(40)]
        self.polygon([(x + rx * math.cos(t), y + ry * math.sin(t)) for t in turns], fill, edge)

    def arc(
        self, x: float, y: float, radius: float, start: float, end: float, width: float, fill: RGB
    ) -> None:
        """A thick arc from `start` to `end` degrees, clockwise from the right."""
        steps = [math.radians(start + (end - start) * k / 24) for k in range(25)]
        outer = [(x + radius * math.cos(t), y + radius * math.sin(t)) for t in steps]
        inner_radius = radius - width
        inner = [(x + inner_radius * math.cos(t), y + inner_radius * math.sin(t)) for t in steps]
        self.polygon([*outer, *reversed(inner)], fill)

    def line(self, start: Point, end: Point, width: float, fill: RGB) -> None:
        """A plain line `width` units thick."""
        placed = [self._pose.apply(start), self._pose.apply(end)]
        self._canvas.line(placed, fill, max(1, round(width * self._pose.scale)))

    def eye(self, x: float, y: float, size: float = 0.1) -> None:
        """A round white eye with a black pupil."""
        self.ellipse(x, y, size, size, (255, 255, 255), (20, 20, 20))
        self.ellipse(x, y, size * 0.45, size * 0.45, (20, 20, 20), (20, 20, 20))
