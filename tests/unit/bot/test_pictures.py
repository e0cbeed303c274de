"""A picture is uploaded once, and again when it is another picture or its file is gone."""

from pathlib import Path

import pytest

from bot.pictures import PictureShelf
from tests.fakes import FakeSlack


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "dicoo-v1-0.png"
    path.write_bytes(b"a robot")
    return path


def taught_anew(sample: Path) -> None:
    """Put another picture in the place of this one, as files are written here."""
    new = sample.with_suffix(".new")
    new.write_bytes(b"a mouse")
    new.replace(sample)


def gone(sample: Path) -> None:
    sample.unlink()


async def test_a_picture_is_uploaded_once(
    shelf: PictureShelf, slack: FakeSlack, sample: Path
) -> None:
    assert [await shelf.file(sample, "it"), await shelf.file(sample, "it")] == ["F1", "F1"]
    assert len(slack.files) == 1


async def test_another_picture_in_the_same_place_is_another_file(
    shelf: PictureShelf, sample: Path
) -> None:
    before = await shelf.file(sample, "it")
    taught_anew(sample)
    assert await shelf.file(sample, "it") != before


async def test_what_was_uploaded_before_is_known_until_it_is_another_picture(
    shelf: PictureShelf, slack: FakeSlack, sample: Path
) -> None:
    shelf.know(sample, "F77")
    assert await shelf.file(sample, "it") == "F77"
    shelf.know(sample, "F78")
    assert await shelf.file(sample, "it") == "F77", "it is there already"
    taught_anew(sample)
    assert await shelf.file(sample, "it") == "F1"


async def test_what_was_lost_is_uploaded_again_whatever_old_receipts_say(
    shelf: PictureShelf, sample: Path
) -> None:
    shelf.know(sample, "F77")
    shelf.lose([sample])
    shelf.know(sample, "F77")
    assert await shelf.file(sample, "it") == "F1"


async def test_a_picture_that_is_gone_here_is_shown_as_long_as_slack_has_it(
    shelf: PictureShelf, sample: Path
) -> None:
    gone(sample)
    shelf.know(sample, "F77")
    assert await shelf.file(sample, "it") == "F77"
