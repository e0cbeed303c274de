"""How each kind of toy is drawn, in units of about -1..1, facing right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from demo.toybox.pen import Pen, Point, shade
from demo.toybox.toy import RGB, Kind

METAL: RGB = (196, 200, 206)
GLASS: RGB = (186, 226, 248)
TYRE: RGB = (44, 44, 48)


@dataclass(frozen=True, slots=True)
class Anchors:
    """Where accessories go: top of the head, middle of the face, neck, and a hand."""

    top: Point
    face: Point
    neck: Point
    hand: Point
    width: float


def _robot(pen: Pen, body: RGB) -> Anchors:
    pen.line((0, -0.7), (0, -0.95), 0.07, METAL)
    pen.ellipse(0, -0.97, 0.08, 0.08, (250, 210, 60))
    for side in (-1, 1):
        pen.rectangle(side * 0.3 - 0.13, 0.5, side * 0.3 + 0.13, 0.95, METAL)
        pen.rectangle(side * 0.66 - 0.12, -0.02, side * 0.66 + 0.12, 0.5, METAL)
    pen.rectangle(-0.54, -0.08, 0.54, 0.62, body)
    pen.rectangle(-0.42, -0.72, 0.42, -0.1, body)
    pen.rectangle(-0.26, 0.1, 0.26, 0.42, shade(body, 1.55))
    pen.eye(-0.18, -0.46, 0.12)
    pen.eye(0.18, -0.46, 0.12)
    pen.line((-0.16, -0.22), (0.16, -0.22), 0.06, (30, 30, 34))
    return Anchors((0, -0.72), (0, -0.46), (0, -0.06), (0.66, 0.3), 0.42)


def _duck(pen: Pen, body: RGB) -> Anchors:
    pen.polygon([(-0.95, -0.05), (-0.5, 0.1), (-0.6, 0.45)], body)
    pen.ellipse(-0.08, 0.34, 0.72, 0.46, body)
    pen.ellipse(0.4, -0.36, 0.38, 0.36, body)
    pen.polygon([(0.7, -0.4), (1.08, -0.28), (0.72, -0.14)], (250, 150, 30))
    pen.ellipse(-0.16, 0.32, 0.36, 0.22, shade(body, 0.82))
    pen.eye(0.48, -0.44, 0.1)
    return Anchors((0.4, -0.7), (0.5, -0.42), (0.34, -0.02), (-0.6, 0.1), 0.34)


def _car(pen: Pen, body: RGB) -> Anchors:
    pen.polygon([(-0.56, 0.06), (-0.36, -0.42), (0.3, -0.42), (0.56, 0.06)], body)
    pen.polygon([(-0.42, 0.02), (-0.28, -0.32), (-0.04, -0.32), (-0.04, 0.02)], GLASS)
    pen.polygon([(0.06, 0.02), (0.06, -0.32), (0.24, -0.32), (0.42, 0.02)], GLASS)
    pen.rectangle(-1.0, 0.02, 1.0, 0.5, body)
    pen.ellipse(0.9, 0.2, 0.08, 0.1, (255, 240, 150))
    for x in (-0.52, 0.52):
        pen.ellipse(x, 0.52, 0.27, 0.27, TYRE)
        pen.ellipse(x, 0.52, 0.11, 0.11, METAL)
    return Anchors((-0.02, -0.42), (0.02, -0.16), (0.0, 0.12), (-0.8, 0.0), 0.4)


def _boat(pen: Pen, body: RGB) -> Anchors:
    pen.line((0, 0.3), (0, -0.95), 0.08, (120, 80, 40))
    pen.polygon([(0.08, -0.86), (0.72, 0.12), (0.08, 0.12)], (252, 250, 240))
    pen.polygon([(-0.08, -0.7), (-0.08, 0.12), (-0.54, 0.12)], (252, 250, 240))
    pen.polygon([(-1.0, 0.24), (1.0, 0.24), (0.66, 0.82), (-0.66, 0.82)], body)
    pen.polygon([(-0.93, 0.36), (0.93, 0.36), (0.86, 0.48), (-0.86, 0.48)], shade(body, 1.6))
    return Anchors((0, -0.9), (0.0, 0.5), (0, 0.28), (-0.8, 0.24), 0.36)


def _rocket(pen: Pen, body: RGB) -> Anchors:
    pen.polygon([(-0.2, 0.62), (0.2, 0.62), (0.0, 1.1)], (252, 160, 30))
    for side in (-1, 1):
        pen.polygon([(side * 0.28, 0.1), (side * 0.66, 0.72), (side * 0.28, 0.6)], shade(body, 0.7))
    pen.polygon(
        [(-0.32, -0.4), (0.32, -0.4), (0.38, 0.2), (0.3, 0.66), (-0.3, 0.66), (-0.38, 0.2)], body
    )
    pen.polygon([(-0.32, -0.4), (-0.18, -0.76), (0, -1.0), (0.18, -0.76), (0.32, -0.4)], METAL)
    pen.ellipse(0, -0.1, 0.2, 0.2, GLASS)
    return Anchors((0, -0.94), (0, -0.1), (0, 0.26), (0.4, 0.3), 0.32)


def _fish(pen: Pen, body: RGB) -> Anchors:
    pen.polygon([(-0.5, 0), (-1.02, -0.46), (-0.9, 0), (-1.02, 0.46)], shade(body, 0.8))
    pen.polygon([(-0.2, -0.38), (0.1, -0.78), (0.36, -0.34)], shade(body, 0.8))
    pen.ellipse(0.12, 0, 0.74, 0.46, body)
    pen.polygon([(-0.1, 0.08), (-0.36, 0.34), (0.1, 0.26)], shade(body, 0.8))
    pen.eye(0.5, -0.12, 0.12)
    pen.line((0.66, 0.16), (0.82, 0.1), 0.05, (30, 30, 34))
    return Anchors((0.3, -0.42), (0.5, -0.12), (0.16, 0.2), (-0.4, -0.2), 0.36)


def _house(pen: Pen, body: RGB) -> Anchors:
    pen.rectangle(0.3, -0.86, 0.54, -0.3, (150, 90, 70))
    pen.rectangle(-0.66, -0.14, 0.66, 0.86, body)
    pen.polygon([(-0.9, -0.1), (0, -0.86), (0.9, -0.1)], (156, 66, 48))
    pen.rectangle(-0.16, 0.32, 0.18, 0.86, (110, 70, 40))
    pen.rectangle(-0.54, 0.08, -0.24, 0.38, GLASS)
    pen.rectangle(0.28, 0.08, 0.56, 0.38, GLASS)
    return Anchors((0, -0.82), (0, 0.18), (0, 0.0), (0.7, 0.3), 0.44)


def _bear(pen: Pen, body: RGB) -> Anchors:
    for side in (-1, 1):
        pen.ellipse(side * 0.36, -0.72, 0.18, 0.18, body)
        pen.ellipse(side * 0.56, 0.18, 0.2, 0.3, body)
        pen.ellipse(side * 0.32, 0.78, 0.24, 0.2, body)
    pen.ellipse(0, 0.36, 0.5, 0.5, body)
    pen.ellipse(0, 0.42, 0.28, 0.3, shade(body, 1.5))
    pen.ellipse(0, -0.42, 0.46, 0.42, body)
    pen.ellipse(0, -0.28, 0.2, 0.16, shade(body, 1.6))
    pen.ellipse(0, -0.33, 0.07, 0.05, (24, 24, 26))
    pen.eye(-0.18, -0.52, 0.08)
    pen.eye(0.18, -0.52, 0.08)
    return Anchors((0, -0.8), (0, -0.52), (0, -0.04), (0.62, 0.1), 0.4)


def _train(pen: Pen, body: RGB) -> Anchors:
    pen.rectangle(0.38, -0.62, 0.62, -0.1, TYRE)
    pen.rectangle(-0.9, -0.66, -0.16, 0.44, body)
    pen.rectangle(-0.74, -0.5, -0.34, -0.1, GLASS)
    pen.rectangle(-0.98, -0.78, -0.08, -0.62, shade(body, 0.6))
    pen.rectangle(-0.2, -0.14, 0.86, 0.44, body)
    pen.polygon([(0.82, 0.2), (1.06, 0.66), (0.6, 0.66), (0.6, 0.4)], METAL)
    for x in (-0.64, -0.1, 0.42):
        pen.ellipse(x, 0.54, 0.23, 0.23, (170, 40, 40))
        pen.ellipse(x, 0.54, 0.08, 0.08, METAL)
    return Anchors((-0.53, -0.76), (0.36, 0.12), (0.3, 0.3), (-0.9, 0.0), 0.38)


def _snail(pen: Pen, body: RGB) -> Anchors:
    skin: RGB = (226, 196, 140)
    pen.polygon(
        [(-0.98, 0.72), (-0.5, 0.44), (0.5, 0.44), (0.5, -0.2), (0.86, -0.2), (0.9, 0.72)], skin
    )
    pen.line((0.62, -0.2), (0.54, -0.6), 0.06, (180, 146, 92))
    pen.line((0.78, -0.2), (0.9, -0.56), 0.06, (180, 146, 92))
    pen.ellipse(0.68, -0.14, 0.24, 0.22, skin)
    pen.eye(0.54, -0.6, 0.09)
    pen.eye(0.9, -0.56, 0.09)
    pen.ellipse(-0.18, 0.02, 0.6, 0.58, body)
    pen.arc(-0.16, 0.06, 0.42, -60, 200, 0.09, shade(body, 0.6))
    pen.arc(-0.14, 0.08, 0.2, 20, 320, 0.08, shade(body, 0.6))
    return Anchors((-0.18, -0.56), (0.7, -0.58), (0.66, 0.14), (-0.7, 0.1), 0.36)


def _teapot(pen: Pen, body: RGB) -> Anchors:
    pen.arc(-0.6, 0.14, 0.4, 70, 290, 0.13, body)
    pen.polygon([(0.4, 0.4), (0.84, -0.3), (1.04, -0.3), (0.78, 0.16), (0.5, 0.62)], body)
    pen.ellipse(0, 0.22, 0.64, 0.54, body)
    pen.rectangle(-0.36, 0.68, 0.36, 0.84, shade(body, 0.7))
    pen.ellipse(0, -0.26, 0.36, 0.14, shade(body, 1.4))
    pen.ellipse(0, -0.46, 0.11, 0.11, (250, 214, 60))
    return Anchors((0, -0.52), (0.02, 0.1), (0, 0.36), (-0.9, 0.0), 0.38)


def _mushroom(pen: Pen, body: RGB) -> Anchors:
    pen.polygon([(-0.26, -0.1), (0.26, -0.1), (0.36, 0.86), (-0.36, 0.86)], (244, 232, 206))
    pen.polygon(
        [
            (-0.92, 0.02),
            (-0.84, -0.4),
            (-0.5, -0.76),
            (0, -0.9),
            (0.5, -0.76),
            (0.84, -0.4),
            (0.92, 0.02),
        ],
        body,
    )
    for x, y, r in ((-0.46, -0.34, 0.14), (0.1, -0.58, 0.15), (0.5, -0.24, 0.13)):
        pen.ellipse(x, y, r, r, (255, 252, 244))
    pen.eye(-0.13, 0.3, 0.08)
    pen.eye(0.13, 0.3, 0.08)
    return Anchors((0, -0.86), (0, 0.3), (0, 0.56), (0.4, 0.3), 0.38)


DRAW_KIND: Mapping[Kind, Callable[[Pen, RGB], Anchors]] = {
    Kind.ROBOT: _robot,
    Kind.DUCK: _duck,
    Kind.CAR: _car,
    Kind.BOAT: _boat,
    Kind.ROCKET: _rocket,
    Kind.FISH: _fish,
    Kind.HOUSE: _house,
    Kind.BEAR: _bear,
    Kind.TRAIN: _train,
    Kind.SNAIL: _snail,
    Kind.TEAPOT: _teapot,
    Kind.MUSHROOM: _mushroom,
}
