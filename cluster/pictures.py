"""Checks pictures before anything is queued, and prepares them for training."""

import hashlib
import io
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import imagehash
from PIL import Image, ImageOps, UnidentifiedImageError

from cluster.errors import PictureError
from cluster.run_dir import write_atomically
from cluster.told import Told

MINIMUM_PICTURES = 2
MAXIMUM_PICTURES = 20
MAXIMUM_PIXELS = 40_000_000
"""A 40-megapixel picture decodes to 120 MB; phones stay below, decompression bombs do not."""
_MEGAPIXELS = MAXIMUM_PIXELS // 1_000_000
NEAR_DUPLICATE_DISTANCE = 3
"""Differing bits of a 64-bit perceptual hash. Re-encoded and resized copies of the toybox's
pictures differ in at most 2, different poses of one toy in at least 6."""

# A phone's MPO is opened as the JPEG that it begins with.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")


class PictureProblemCode(StrEnum):
    """Why a picture is left out."""

    NOT_A_PICTURE = "not_a_picture"
    """The bytes are of something else."""
    UNREADABLE = "unreadable"
    """It begins like a picture but cannot be decoded."""
    TOO_LARGE = "too_large"
    """More pixels than are decoded here."""
    TOO_SMALL = "too_small"
    """Fewer pixels than the model is trained at."""
    NEAR_DUPLICATE = "near_duplicate"
    """Shows the same as an earlier one."""


@dataclass(frozen=True, slots=True)
class PictureProblem:
    """A picture that is left out, and why, in a sentence."""

    name: str
    code: PictureProblemCode
    message: str
    told: Told


@dataclass(frozen=True, slots=True)
class PictureReport:
    """What can be trained on, and what cannot."""

    good: tuple[Path, ...]
    problems: tuple[PictureProblem, ...]


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    """A picture as it is trained on; width and height are the original's in pixels."""

    name: str
    sha256: str
    path: Path
    width: int
    height: int


def _open(path: Path) -> Image.Image:
    """Read a header, not the pixels."""
    with warnings.catch_warnings():
        # Pillow warns of large pictures; they are refused by their own limit just below.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return Image.open(path, formats=_FORMATS)


def _header_problem(path: Path, name: str, minimum_side: int) -> PictureProblem | None:
    try:
        with path.open("rb") as file:
            head = file.read(512).lstrip().lower()
    except OSError:
        return PictureProblem(
            name,
            PictureProblemCode.UNREADABLE,
            f"{name} cannot be read.",
            Told("bad_pictures", "unreadable", {"name": name}),
        )
    if head.startswith((b"<!doctype html", b"<html")):
        return PictureProblem(
            name,
            PictureProblemCode.NOT_A_PICTURE,
            f"{name} is a web page, not a picture; was it shared with Figment?",
            Told("bad_pictures", "web-page", {"name": name}),
        )
    try:
        with _open(path) as picture:
            width, height = picture.size
    except Image.DecompressionBombError:
        return PictureProblem(
            name,
            PictureProblemCode.TOO_LARGE,
            f"{name} has too many pixels; pictures of up to {_MEGAPIXELS} megapixels can be used.",
            Told("bad_pictures", "too-many-pixels", {"name": name, "most": _MEGAPIXELS}),
        )
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return PictureProblem(
            name,
            PictureProblemCode.NOT_A_PICTURE,
            f"{name} is not a picture, whatever its name says.",
            Told("bad_pictures", "not-a-picture", {"name": name}),
        )
    size: dict[str, str | int] = {"name": name, "width": width, "height": height}
    if width * height > MAXIMUM_PIXELS:
        return PictureProblem(
            name,
            PictureProblemCode.TOO_LARGE,
            f"{name} is {width} x {height}; pictures of up to {_MEGAPIXELS} megapixels are read.",
            Told("bad_pictures", "too-large", {**size, "most": _MEGAPIXELS}),
        )
    if min(width, height) < minimum_side:
        return PictureProblem(
            name,
            PictureProblemCode.TOO_SMALL,
            f"{name} is {width} x {height}; its shorter side needs at least {minimum_side}.",
            Told("bad_pictures", "too-small", {**size, "least": minimum_side}),
        )
    return None


def _decoded(path: Path) -> Image.Image:
    """Upright, RGB; transparent parts on white.

    Raises:
        OSError | ValueError | SyntaxError: the pixels cannot be decoded.
    """
    with _open(path) as picture:
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in ("RGBA", "LA", "P", "PA"):
            layered = upright.convert("RGBA")
            ground = Image.new("RGBA", layered.size, "white")
            return Image.alpha_composite(ground, layered).convert("RGB")
        return upright.convert("RGB")


def read_picture(path: Path, name: str, minimum_side: int) -> Image.Image:
    """Read one picture: upright, RGB, transparent parts on white.

    The header is read before any pixel is decoded. `name` is what people call the file.

    Raises:
        PictureError: it is none, damaged, of too many pixels, or its shorter side has less than
            `minimum_side`.
    """
    problem = _header_problem(path, name, minimum_side)
    if problem is not None:
        raise _refused(problem)
    try:
        return _decoded(path)
    except (OSError, ValueError, SyntaxError) as error:
        raise _refused(_damaged(name)) from error


def _damaged(name: str) -> PictureProblem:
    return PictureProblem(
        name,
        PictureProblemCode.UNREADABLE,
        f"{name} is damaged and cannot be read to its end.",
        Told("bad_pictures", "damaged", {"name": name}),
    )


def _refused(problem: PictureProblem) -> PictureError:
    return PictureError(
        "bad_pictures",
        problem.message,
        "Send another one.",
        case=problem.told.case,
        facts=problem.told.facts,
    )


def inspect_pictures(
    paths: Sequence[Path], *, names: Sequence[str], minimum_side: int
) -> PictureReport:
    """Sort pictures into those that can be trained on and those that cannot, in order.

    Headers are read before any pixel is decoded. `names` are what people call the files,
    `minimum_side` the shortest side in pixels that is enough.
    """
    good: list[Path] = []
    problems: list[PictureProblem] = []
    hashes: list[tuple[str, imagehash.ImageHash]] = []
    for path, name in zip(paths, names, strict=True):
        problem = _header_problem(path, name, minimum_side)
        if problem is not None:
            problems.append(problem)
            continue
        try:
            seen = imagehash.phash(_decoded(path))
        except (OSError, ValueError, SyntaxError):
            problems.append(_damaged(name))
            continue
        twin = next((n for n, h in hashes if h - seen <= NEAR_DUPLICATE_DISTANCE), None)
        if twin is not None:
            message = f"{name} shows the same as {twin}."
            told = Told("bad_pictures", "near-duplicate", {"name": name, "twin": twin})
            problems.append(PictureProblem(name, PictureProblemCode.NEAR_DUPLICATE, message, told))
            continue
        hashes.append((name, seen))
        good.append(path)
    return PictureReport(tuple(good), tuple(problems))


def _squared(picture: Image.Image, side: int, center_crop: bool) -> Image.Image:
    size = (side, side)
    if center_crop:
        return ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    return picture.resize(size, Image.Resampling.LANCZOS)


def as_trained(path: Path, side: int, center_crop: bool = True) -> Image.Image | None:
    """Return a picture upright and square as it is trained on, `side` pixels wide.

    None if it cannot be shown: no picture, damaged, or of too many pixels.
    """
    if _header_problem(path, path.name, 1) is not None:
        return None
    try:
        return _squared(_decoded(path), side, center_crop)
    except (OSError, ValueError, SyntaxError):
        return None


def prepare_pictures(
    paths: Sequence[Path], out: Path, resolution: int, center_crop: bool = True
) -> tuple[PreparedPicture, ...]:
    """Write each picture upright, square and `resolution` wide as `out/<sha256>.png`.

    `center_crop` cuts the longer side; without it the picture is squeezed. A manifest.json
    beside them lists what was made.

    Raises:
        PictureError: a picture cannot be read, or there is none.
    """
    if not paths:
        raise PictureError("no_pictures", "There is no picture to train on.", "Give about five.")
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for path in paths:
        try:
            picture = _decoded(path)
        except (OSError, ValueError, SyntaxError) as error:
            raise PictureError(
                "bad_pictures", f"{path.name} cannot be read as a picture.", "Leave it out."
            ) from error
        fitted = _squared(picture, resolution, center_crop)
        buffer = io.BytesIO()
        fitted.save(buffer, "PNG")
        digest = hashlib.sha256(buffer.getvalue()).hexdigest()
        write_atomically(out / f"{digest}.png", buffer.getvalue())
        made.append(
            PreparedPicture(path.name, digest, out / f"{digest}.png", picture.width, picture.height)
        )
    manifest = [
        {"name": p.name, "sha256": p.sha256, "width": p.width, "height": p.height} for p in made
    ]
    write_atomically(out / "manifest.json", json.dumps(manifest, indent=1).encode())
    return tuple(made)
