"""The doctor's visit, with this machine answering for a host."""

import shutil
from pathlib import Path

import pytest

from cluster import check_up as module
from cluster.check_up import check_up
from cluster.facts import Answered, Question
from cluster.probe import look
from cluster.settings import ClusterSettings

SETTINGS = ClusterSettings(_env_file=None)


@pytest.fixture
def theirs(paper_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the only host has where this machine has its base model."""
    folder = Path(shutil.copytree(paper_base, tmp_path / "theirs"))

    def ask(host: str, question: Question, settings: ClusterSettings) -> Answered:
        facts = look(question.model_copy(update={"base": folder}))
        return Answered(host=host, facts=facts, trouble="", code=0, skew=0)

    monkeypatch.setattr(module, "_ask", ask)
    monkeypatch.setattr(module, "_sum", lambda *_: ())
    return folder


def _found(folder: Path, base: Path) -> set[str]:
    report = check_up(("localhost",), SETTINGS, folder, base)
    return {finding.id for finding in report.findings}


def test_a_host_alone_with_another_base_is_found(
    theirs: Path, paper_base: Path, tmp_path: Path
) -> None:
    assert "base_differs" not in _found(tmp_path, paper_base)
    scheduler = theirs / "scheduler" / "scheduler_config.json"
    scheduler.write_text(scheduler.read_text() + "\n")
    assert "base_differs" in _found(tmp_path, paper_base)


def test_a_host_alone_with_other_packages_is_found(
    theirs: Path, paper_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not _found(tmp_path, paper_base) & {"version_differs", "code_differs"}
    monkeypatch.setattr("cluster.probe.versions", lambda: {"torch": "2.0.1"})
    monkeypatch.setattr("cluster.probe.code_hash", lambda: "old")
    assert {"version_differs", "code_differs"} <= _found(tmp_path, paper_base)
