"""What is sent to a host, and what is deleted there."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster import send as module
from cluster.errors import LaunchError
from cluster.listing import Entry, listing
from cluster.send import differences
from cluster.ssh import Answer

ENTRY: st.SearchStrategy[Entry] = st.sampled_from(
    [
        ("folder", "0o40755", 0, 0),
        ("folder", "0o40700", 0, 0),
        ("file", "0o100644", 3, 7),
        ("file", "0o100644", 3, 8),
        ("link", "a", 0, 0),
    ]
)
FOLDER = st.dictionaries(st.sampled_from(["a", "b", "c"]), ENTRY)


@given(FOLDER, FOLDER)
def test_deleting_and_sending_makes_them_the_same(
    ours: dict[str, Entry], theirs: dict[str, Entry]
) -> None:
    old, new = differences(ours, theirs)
    after = {name: entry for name, entry in theirs.items() if name not in old}
    after |= {name: ours[name] for name in new}
    assert after == ours
    assert (old, new) != ((), ()) or ours == theirs


def test_a_folder_is_never_deleted_for_its_permissions() -> None:
    ours: dict[str, Entry] = {"a": ("folder", "0o40755", 0, 0), "a/b": ("file", "0o100644", 1, 1)}
    assert differences(ours, ours | {"a": ("folder", "0o40700", 0, 0)}) == ((), ("a",))


def test_a_listing_tells_kinds_and_leaves_out_what_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "sub" / "__pycache__").mkdir(parents=True)
    (tmp_path / "sub" / "__pycache__" / "x.pyc").touch()
    (tmp_path / "sub" / "file with\nnewline").write_text("four")
    (tmp_path / ".hidden").touch()
    (tmp_path / "link").symlink_to("nowhere")
    found = listing(str(tmp_path), ["__pycache__", ".*"])
    assert set(found) == {"sub", "link", os.path.join("sub", "file with\nnewline")}
    assert found["link"] == ("link", "nowhere", 0, 0)
    assert found["sub/file with\nnewline"][2] == 4


def _endless(program: Path) -> None:
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)


@pytest.mark.parametrize("programs", [("rsync", "ssh"), ("ssh",)], ids=["rsync", "tar"])
def test_a_copy_that_does_not_end_fails_like_others(
    programs: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several hosts, one must not take the others' results with it."""
    path, folder = tmp_path / "bin", tmp_path / "folder"
    for one in (path, folder):
        one.mkdir()
    (folder / "file").write_text("x" * 100_000)
    for name in programs:
        _endless(path / name)
    for name in ("sh", "sleep", "tar"):
        (path / name).symlink_to(shutil.which(name) or name)

    def on_host(_: object, __: str, argv: tuple[str, ...], *___: object, **____: object) -> Answer:
        return Answer(0, "{}\n", "")

    monkeypatch.setattr(module, "on_host", on_host)
    monkeypatch.setattr(module, "_COPY_SECONDS", 0.2)
    monkeypatch.setenv("PATH", str(path))
    with pytest.raises(LaunchError, match="not done") as caught:
        module.send(folder, "xeon-1", None, "python3")
    assert caught.value.code == "not_sent"
