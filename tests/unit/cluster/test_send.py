"""What is sent to a host, and what is deleted there."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cluster.listing import Entry, listing
from cluster.send import differences

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
