"""Pictures that others are begun from: kept by the hash of their file. Blocking."""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import structlog
from PIL import Image, ImageOps

from backend.errors import BackendError, ErrorCode
from backend.layout import DataFolder
from backend.requests import ImagineRequest
from backend.saving import saving
from cluster.errors import PictureError
from cluster.pictures import read_picture

_log = structlog.get_logger(__name__)

_SMALLEST_SIDE = 64


@dataclass(frozen=True, slots=True, eq=False)
class StartPicture:
    """A picture that can be begun from. `sha256` is of its file, `size` in pixels, upright.

    `kept` is where it is, or will be, kept; `source` where it lies now.
    """

    picture: Image.Image
    sha256: str
    source: Path
    kept: Path

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.picture.size

    def keep(self) -> None:
        """Copy its file to where it is kept; raises BackendError (cannot_save).

        Before a render is stored that needs it, and once more after that: in between, nobody knew
        that it is needed.
        """
        if self.source != self.kept:
            keep_start(self.source, self.kept)


def of_request(request: ImagineRequest, folder: DataFolder) -> StartPicture | None:
    """Read the picture that a request begins from, if any; raises BackendError (bad_pictures)."""
    match request.start:
        case None:
            return None
        case str(sha256):
            path = folder.start(sha256)
            check_there(path)
            return StartPicture(load_start(path, sha256), sha256, path, path)
        case given:
            picture, sha256 = read_start(given.path, given.name)
            return StartPicture(picture, sha256, given.path, folder.start(sha256))


def read_start(path: Path, name: str) -> tuple[Image.Image, str]:
    """Return a picture, upright and RGB, and the SHA-256 of its file.

    `name` is what people call it. Raises BackendError (bad_pictures).
    """
    try:
        picture = read_picture(path, name, _SMALLEST_SIDE)
        return picture, hashlib.sha256(path.read_bytes()).hexdigest()
    except PictureError as error:
        raise BackendError(
            ErrorCode.BAD_PICTURES, error.message, error.hint, case=error.case, facts=error.facts
        ) from error
    except OSError as error:
        raise BackendError(
            ErrorCode.BAD_PICTURES,
            f"{name} cannot be read.",
            "Send another one.",
            case="unreadable",
            facts={"name": name},
        ) from error


def check_there(path: Path) -> None:
    """Refuse a kept picture that was removed since; else it is as good as new.

    Raises BackendError (bad_pictures).
    """
    try:
        os.utime(path)
    except FileNotFoundError as error:
        raise BackendError(
            ErrorCode.BAD_PICTURES,
            "The picture that this one was begun from is gone.",
            "Send it again.",
            case="start-gone",
        ) from error
    except OSError as error:
        # Somebody else's file: it stays as old as it is.
        _log.info("start_not_touched", error=str(error))


def keep_start(path: Path, to: Path) -> None:
    """Copy a file to where it is kept, whole or not at all; raises BackendError (cannot_save)."""
    with suppress(OSError):
        # What was not asked for lately may be removed.
        os.utime(to)
        return
    temporary = to.with_name(f".{to.name}.{uuid4().hex}")
    with saving():
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(path.read_bytes())
            os.replace(temporary, to)
        finally:
            temporary.unlink(missing_ok=True)


def load_start(path: Path, sha256: str) -> Image.Image:
    """Read a kept picture again; raises BackendError (bad_pictures) if it is another one now."""
    picture, found = read_start(path, "The picture to start from")
    if found != sha256:
        raise BackendError(
            ErrorCode.BAD_PICTURES,
            "The picture to start from has changed since it was sent.",
            "Send it again.",
            case="start-changed",
        )
    return picture


def fitted(picture: Image.Image, width: int, height: int) -> Image.Image:
    """Return the picture in this size; what is too wide or too high of it is cut off evenly."""
    if picture.size == (width, height):
        return picture
    return ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
