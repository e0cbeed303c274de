"""The hash of a base model that one process remembers for the next."""

import json
import tempfile
from pathlib import Path

import pytest

from cluster import base as module
from cluster.base import base_hash, remembered_hash
from cluster.facts import Question
from cluster.probe import look


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_it_is_hashed_once_while_no_file_changes(
    temporary: Path, paper_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = remembered_hash(paper_base)
    assert first == base_hash(paper_base)
    monkeypatch.setattr(module, "base_hash", lambda _: pytest.fail("hashed again"))
    assert remembered_hash(paper_base) == first
    [memory] = temporary.iterdir()
    told = json.loads(memory.read_text())
    memory.write_text(json.dumps({**told, "key": "of other files"}))
    monkeypatch.setattr(module, "base_hash", lambda _: "anew")
    assert remembered_hash(paper_base) == "anew"


def test_where_nothing_can_be_remembered_the_base_is_not_called_missing(
    temporary: Path, paper_base: Path, tmp_path: Path
) -> None:
    # What cannot be replaced by a file, as somebody else's cannot in /tmp.
    module._memory().mkdir()
    (module._memory() / "theirs").touch()
    question = Question(
        base=paper_base, folder=tmp_path / "runs", main_address="127.0.0.1", master_port=0
    )
    facts = look(question)
    assert (facts.base_hash, facts.base_trouble) == (base_hash(paper_base), "")
    assert [path.name for path in temporary.iterdir()] == [module._memory().name]
