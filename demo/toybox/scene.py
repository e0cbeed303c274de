"""A whole picture: a toy in a pose, at a place."""

import math
from random import Random

from PIL import Image, ImageChops, ImageDraw

from demo.toybox.accessories import draw_accessory
from demo.toybox.kinds import DRAW_KIND, Anchors
from demo.toybox.pen import Pen, Pose
from demo.toybox.places import draw_place
from demo.toybox.toy import PAINT, RGB, Pattern, Place, Toy

SIDE = 128
_SUPERSAMPLING = 4


def _vary(colour: RGB, rng: Random) -> RGB:
    red, green, blue = (min(255, max(0, c + rng.randint(-8, 8))) for c in colour)
    return (red, green, blue)


def _pose(side: int, rng: Random) -> Pose:
    return Pose(
        x=side * rng.uniform(0.44, 0.56),
        y=side * rng.uniform(0.55, 0.61),
        scale=side * rng.uniform(0.29, 0.35),
        tilt=math.radians(rng.uniform(-8, 8)),
        mirrored=rng.random() < 0.5,
    )


def _pattern_mask(pattern: Pattern, side: int, pose: Pose) -> Image.Image:
    """White where the second colour shows; laid out in the toy's coordinates."""
    mask = Image.new("L", (side, side))
    draw = ImageDraw.Draw(mask)
    match pattern:
        case Pattern.PLAIN:
            pass
        case Pattern.HALVES:
            corners = [(0.0, -2.0), (2.0, -2.0), (2.0, 2.0), (0.0, 2.0)]
            draw.polygon([pose.apply(p) for p in corners], fill=255)
        case Pattern.STRIPES:
            for k in range(-5, 6):
                y = 0.36 * k
                band = [(-2.0, y), (2.0, y), (2.0, y + 0.18), (-2.0, y + 0.18)]
                draw.polygon([pose.apply(p) for p in band], fill=255)
        case Pattern.DOTS:
            radius = 0.11 * pose.scale
            for row in range(-5, 6):
                for column in range(-5, 6):
                    shift = 0.17 if row % 2 else 0.0
                    x, y = pose.apply((0.34 * column + shift, 0.3 * row))
                    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return mask


def _layer(toy: Toy, body: RGB, side: int, pose: Pose) -> tuple[Image.Image, Anchors]:
    layer = Image.new("RGBA", (side, side))
    pen = Pen(ImageDraw.Draw(layer), pose)
    return layer, DRAW_KIND[toy.kind](pen, body)


def draw_scene(toy: Toy, place: Place, seed: int) -> Image.Image:
    """The toy at the place, posed by `seed`: RGB, 128 x 128; the same seed, the same picture."""
    rng = Random(seed)  # noqa: S311 - poses of toys, not secrets
    side = SIDE * _SUPERSAMPLING
    picture = draw_place(place, side, rng)
    pose = _pose(side, rng)
    shadow = Image.new("L", (side, side))
    reach = pose.scale * 0.8
    ground = pose.y + pose.scale * 0.9
    ImageDraw.Draw(shadow).ellipse(
        (pose.x - reach, ground - reach * 0.16, pose.x + reach, ground + reach * 0.16), fill=70
    )
    picture.paste((0, 0, 0), mask=shadow)
    first, anchors = _layer(toy, _vary(PAINT[toy.colour], rng), side, pose)
    if toy.second is not None:
        second, _ = _layer(toy, _vary(PAINT[toy.second], rng), side, pose)
        mask = _pattern_mask(toy.pattern, side, pose)
        first.paste(second, mask=ImageChops.multiply(mask, second.getchannel("A")))
    draw_accessory(Pen(ImageDraw.Draw(first), pose), toy.accessory, anchors, toy.accessory_paint)
    picture.paste(first, mask=first.getchannel("A"))
    return picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
