"""Where things lie, and uploads on their way there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import uploads
from backend.layout import DataFolder
from backend.requests import IncomingPicture

FOLDER = DataFolder(Path("/data"))


@given(st.text(max_size=12))
def test_no_workspace_reaches_outside_or_into_another(workspace: str) -> None:
    path = FOLDER.embedding(workspace, "<dicoo>", 1)
    inside = path.relative_to(FOLDER.root / "concepts")
    assert len(inside.parts) == 2
    assert inside.parts[0] not in ("", ".", "..")
    assert path.parent != FOLDER.embedding(workspace + ".", "<dicoo>", 1).parent


def test_every_version_has_its_own_files() -> None:
    first, second = (FOLDER.embedding("T", "<dicoo>", version) for version in (1, 2))
    assert first.name == "dicoo-v1.safetensors"
    assert first != second
    assert FOLDER.sample("T", "<dicoo>", 1, 0) != FOLDER.sample("T", "<dicoo>", 1, 1)
    assert FOLDER.run("j") != FOLDER.past_run("j", 1)


@pytest.mark.parametrize("path", ["/data/runs/j/previews/x.png", "/elsewhere/x.png"])
def test_paths_come_back_from_the_database(path: str) -> None:
    assert FOLDER.absolute(FOLDER.relative(Path(path))) == Path(path)


def test_a_data_folder_may_move() -> None:
    name = FOLDER.relative(Path("/data/pictures/r/0.png"))
    assert DataFolder(Path("/new")).absolute(name) == Path("/new/pictures/r/0.png")


@pytest.mark.parametrize(
    ("name", "kept"),
    [("x.PNG", "00.png"), ("x", "00"), ("x.jp/../g", "00"), ("x.j g", "00"), ("x.png", "00.png")],
)
def test_kept_pictures_have_numbers_for_names(tmp_path: Path, name: str, kept: str) -> None:
    source = tmp_path / Path(name).name
    source.write_bytes(b"pixels")
    [upload] = uploads.keep([IncomingPicture("a name", source, "s")], tmp_path / "kept")
    assert (upload.path, upload.name, upload.source) == (tmp_path / "kept" / kept, "a name", "s")
    assert upload.path.read_bytes() == b"pixels"
    uploads.forget(tmp_path / "kept")
    uploads.forget(tmp_path / "kept")
    assert not upload.path.exists()
