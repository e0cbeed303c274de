"""What is copied to a host, and what may be copied over another machine's files."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from cluster.errors import LaunchError
from cluster.settings import ClusterSettings
from cluster.setup import folders_to_copy, set_up

_FILES = ("model_index.json", "unet/config.json")
_SSH = """#!/bin/sh
# Stands for a host that has in {there} what is in {here} on this machine.
export PATH=/usr/bin:/bin
for command; do :; done
exec sh -c "$(printf %s "$command" | sed 's|{here}|{there}|g')"
"""


def _cached(hub: Path) -> Path:
    """A model as the Hub's cache holds it."""
    repository = hub / "models--some--base"
    snapshot = repository / "snapshots" / "0a1b2c"
    (repository / "blobs").mkdir(parents=True)
    for name in _FILES:
        blob, link = repository / "blobs" / name.replace("/", "-"), snapshot / name
        blob.write_text(name)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(blob, link.parent))
    return snapshot


def test_a_model_of_the_hubs_cache_can_be_read_where_it_was_copied_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, programs = (tmp_path / name for name in ("here", "there", "programs"))
    snapshot = _cached(here)
    programs.mkdir()
    (programs / "tar").symlink_to(shutil.which("tar") or "/usr/bin/tar")
    (programs / "ssh").write_text(_SSH.format(here=here, there=there))
    (programs / "ssh").chmod(0o755)
    folders = tuple(one for one in folders_to_copy(snapshot) if one.is_relative_to(tmp_path))
    # Without rsync, whose paths do not pass through ssh's words.
    monkeypatch.setenv("PATH", str(programs))
    settings = ClusterSettings(_env_file=None)
    done = set_up(("host",), folders, settings, lambda *_: None)
    assert done["host"].trouble == ""
    copied = there / snapshot.relative_to(here)
    assert [(copied / name).read_text() for name in _FILES] == list(_FILES)
    assert (copied / _FILES[0]).is_symlink(), "a blob that snapshots share is sent once"
    again = set_up(("host",), folders, settings, lambda *_: None)
    assert again["host"].changed == 0


@pytest.mark.parametrize("name", ["models/base", "snapshots/base", "x/snapshots/base"])
def test_of_other_folders_nothing_is_copied_that_lies_beside_them(name: str) -> None:
    # What lies there on the hosts, and not here, would be deleted.
    assert Path("/srv", name) in folders_to_copy(Path("/srv", name))


def test_the_systems_own_python_is_never_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    with pytest.raises(LaunchError) as caught:
        folders_to_copy(Path("/base"))
    assert caught.value.code == "no_environment"


@pytest.mark.parametrize("names", [("models", "models/base"), ("models/base", "models")])
def test_of_folders_in_each_other_the_outermost_is_copied(names: tuple[str, ...]) -> None:
    found = folders_to_copy(*(Path("/srv", name) for name in names))
    assert [path for path in found if path.is_relative_to("/srv")] == [Path("/srv/models")]
    depths = [len(path.parts) for path in found]
    assert depths == sorted(depths)
