"""How accessories are drawn onto a toy, at the anchors its kind gives."""

from demo.toybox.kinds import GLASS, Anchors
from demo.toybox.pen import Pen, shade
from demo.toybox.toy import RGB, Accessory


def draw_accessory(pen: Pen, accessory: Accessory, at: Anchors, paint: RGB) -> None:
    """Draw one accessory in `paint`; NONE draws nothing."""
    w = at.width
    (tx, ty), (fx, fy), (nx, ny) = at.top, at.face, at.neck
    match accessory:
        case Accessory.NONE:
            return
        case Accessory.HAT:
            pen.rectangle(tx - 0.72 * w, ty - 1.15 * w, tx + 0.72 * w, ty, paint)
            pen.rectangle(tx - 1.25 * w, ty - 0.2 * w, tx + 1.25 * w, ty + 0.14 * w, paint)
            pen.line(
                (tx - 0.7 * w, ty - 0.34 * w), (tx + 0.7 * w, ty - 0.34 * w), 0.09, (214, 60, 60)
            )
        case Accessory.CROWN:
            left, right, top, low = tx - w, tx + w, ty - 0.9 * w, ty + 0.12 * w
            pen.polygon(
                [
                    (left, low),
                    (left - 0.12 * w, top),
                    (tx - 0.45 * w, ty - 0.3 * w),
                    (tx, top - 0.22 * w),
                    (tx + 0.45 * w, ty - 0.3 * w),
                    (right + 0.12 * w, top),
                    (right, low),
                ],
                paint,
            )
            pen.ellipse(tx, ty - 0.14 * w, 0.06, 0.06, (214, 40, 60))
        case Accessory.SCARF:
            pen.rectangle(nx + 0.25 * w, ny, nx + 0.75 * w, ny + 1.25 * w, shade(paint, 0.85))
            pen.rectangle(nx - 1.15 * w, ny - 0.2 * w, nx + 1.15 * w, ny + 0.25 * w, paint)
        case Accessory.GLASSES:
            pen.line((fx - 0.9 * w, fy), (fx + 0.9 * w, fy), 0.07, paint)
            for side in (-1, 1):
                pen.ellipse(fx + side * 0.5 * w, fy, 0.42 * w, 0.42 * w, paint, shade(paint, 0.5))
                pen.ellipse(fx + side * 0.5 * w, fy, 0.25 * w, 0.25 * w, GLASS, paint)
        case Accessory.BOW:
            for side in (-1, 1):
                pen.polygon(
                    [
                        (nx, ny + 0.1 * w),
                        (nx + side * 0.95 * w, ny - 0.4 * w),
                        (nx + side * 0.95 * w, ny + 0.6 * w),
                    ],
                    paint,
                )
            pen.ellipse(nx, ny + 0.1 * w, 0.22 * w, 0.22 * w, shade(paint, 0.75))
        case Accessory.BALLOON:
            hx, hy = at.hand
            side = 1 if hx >= 0 else -1
            bx, by = side * 1.02, -0.9
            pen.line((hx, hy), (bx, by + 0.34), 0.035, (60, 60, 64))
            pen.ellipse(bx, by, 0.3, 0.36, paint)
            pen.ellipse(bx - 0.1, by - 0.12, 0.06, 0.09, shade(paint, 1.7), shade(paint, 1.7))
