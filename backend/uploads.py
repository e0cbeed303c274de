"""Pictures on their way from where they were fetched to the folder of their job. Blocking."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.errors import BackendError
from backend.job_rows import Upload
from backend.requests import IncomingPicture
from backend.saving import saving
from cluster.pictures import PictureProblem, inspect_pictures


@dataclass(frozen=True, slots=True)
class Inspected:
    """Pictures that can be used, and what is wrong with the others."""

    good: tuple[IncomingPicture, ...]
    problems: tuple[PictureProblem, ...]


def inspect(pictures: Sequence[IncomingPicture], minimum_side: int) -> Inspected:
    """Look into each picture. `minimum_side` is in pixels."""
    report = inspect_pictures(
        [picture.path for picture in pictures],
        names=[picture.name for picture in pictures],
        minimum_side=minimum_side,
    )
    left = list(report.good)
    good = []
    for picture in pictures:
        # Each once: a file that was sent twice is good the first time only.
        if picture.path in left:
            left.remove(picture.path)
            good.append(picture)
    return Inspected(tuple(good), report.problems)


def keep(pictures: Sequence[IncomingPicture], folder: Path) -> tuple[Upload, ...]:
    """Copy pictures into `folder`, numbered, so that no name from outside reaches the disk.

    All or none; raises BackendError (cannot_save).
    """
    try:
        with saving():
            folder.mkdir(parents=True)
            return tuple(_copied(picture, n, folder) for n, picture in enumerate(pictures))
    except BackendError:
        forget(folder)
        raise


def _copied(picture: IncomingPicture, number: int, folder: Path) -> Upload:
    suffix = picture.path.suffix.lower()
    suffix = suffix if suffix[1:].isalnum() and suffix.isascii() else ""
    path = folder / f"{number:02}{suffix}"
    shutil.copyfile(picture.path, path)
    return Upload(picture.name, path, picture.source)


def forget(folder: Path) -> None:
    """Remove the pictures of a job that did not come to be."""
    shutil.rmtree(folder, ignore_errors=True)
