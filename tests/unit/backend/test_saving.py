"""A data folder that takes no more: one sentence, and nothing half-written is left."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend.errors import BackendError, ErrorCode
from backend.requests import IncomingPicture
from backend.starts import keep_start
from backend.uploads import keep
from tests.toy_pictures import write_toy_pictures


def _incoming(path: Path) -> IncomingPicture:
    return IncomingPicture(path.name, path, "F1")


@pytest.mark.parametrize(
    "write",
    [
        lambda file, to: keep([_incoming(file)], to / "job"),
        lambda file, to: keep_start(file, to / "start"),
    ],
)
def test_a_folder_that_cannot_be_written_is_said_in_words(
    tmp_path: Path, write: Callable[[Path, Path], object]
) -> None:
    [file] = write_toy_pictures(tmp_path / "sent", 1)
    (tmp_path / "no folder").touch()
    with pytest.raises(BackendError) as caught:
        write(file, tmp_path / "no folder")
    assert caught.value.code is ErrorCode.CANNOT_SAVE
    assert "room" in caught.value.hint


def test_all_pictures_are_kept_or_none(tmp_path: Path) -> None:
    first, second = write_toy_pictures(tmp_path / "sent", 2)
    second.unlink()
    with pytest.raises(BackendError):
        keep([_incoming(first), _incoming(second)], tmp_path / "job")
    assert not (tmp_path / "job").exists()
    with pytest.raises(BackendError):
        keep_start(second, tmp_path / "starts" / "start")
    assert list((tmp_path / "starts").iterdir()) == []
