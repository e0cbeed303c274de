"""What comes home from a run folder on another host."""

import json
import os
import sys
import time
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest

from cluster import mirror as module
from cluster import news
from cluster.mirror import mirror
from cluster.run_dir import RunDir
from cluster.ssh import Answer

HOSTS = ("node1",)


@pytest.fixture
def there(tmp_path: Path) -> Path:
    folder = tmp_path / "there"
    for name in ("log", "heartbeat", "checkpoints", "error", "previews"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.fixture
def run(tmp_path: Path, there: Path, monkeypatch: pytest.MonkeyPatch) -> RunDir:
    """A run folder here whose host answers from `there`, by the program that runs there."""
    here = RunDir(tmp_path / "here")
    for name in ("log", "heartbeat"):
        (here.path / name).mkdir(parents=True)

    def on_host(
        config: Path | None, host: str, argv: Sequence[str], seconds: float, stdin: bytes = b""
    ) -> Answer:
        said = StringIO()
        monkeypatch.setattr(sys, "stdin", StringIO(stdin.decode()))
        monkeypatch.setattr(sys, "stdout", said)
        code = news.main([str(there)])
        monkeypatch.undo()
        monkeypatch.setattr(module, "on_host", on_host)
        return Answer(code, f"Welcome to {host}!\n{said.getvalue()}", "")

    monkeypatch.setattr(module, "on_host", on_host)
    return here


def test_whole_files_and_new_ends_of_growing_ones_come(run: RunDir, there: Path) -> None:
    (there / "progress.jsonl").write_text("one\n")
    (there / "checkpoints" / "step-000010.state").write_bytes(b"\0state")
    (there / "log" / "rank-0.log").write_text("began\n")
    mirror(run, HOSTS, None, due=True)
    assert (run.path / "progress.jsonl").read_text() == "one\n"
    assert (run.path / "checkpoints" / "step-000010.state").read_bytes() == b"\0state"
    with (there / "progress.jsonl").open("a") as file:
        file.write("two\n")
    (there / "result.json").write_text("{}")
    mirror(run, HOSTS, None, due=True)
    mirror(run, HOSTS, None, due=True)
    assert (run.path / "progress.jsonl").read_text() == "one\ntwo\n"
    assert (run.path / "log" / "rank-0.log").read_text() == "began\n"
    assert (run.path / "result.json").read_text() == "{}"


def test_only_what_is_new_is_sent(run: RunDir, there: Path) -> None:
    (there / "progress.jsonl").write_text("one\n")
    (there / "learned_embeds.safetensors").write_bytes(b"rows")
    mirror(run, HOSTS, None, due=True)
    known = news.known_files(run.path)
    assert news.news(there, known)["files"] == []
    (there / "learned_embeds.safetensors").write_bytes(b"more")
    assert json.dumps(news.news(there, known)["files"]).count("name") == 1


def test_a_host_that_has_less_of_a_growing_file_takes_nothing_away(
    run: RunDir, there: Path
) -> None:
    (run.path / "progress.jsonl").write_text("one\ntwo\n")
    (there / "progress.jsonl").write_text("one\n")
    mirror(run, HOSTS, None, due=True)
    assert (run.path / "progress.jsonl").read_text() == "one\ntwo\n"


def test_heartbeats_are_told_in_seconds_ago(run: RunDir, there: Path) -> None:
    beat = there / "heartbeat" / "rank-3"
    beat.touch()
    ago = time.time() - 40
    os.utime(beat, (ago, ago))
    mirror(run, HOSTS, None, due=True)
    assert time.time() - run.heartbeats()[3] == pytest.approx(40, abs=5)


def test_hosts_are_not_asked_all_the_time(run: RunDir, there: Path) -> None:
    mirror(run, HOSTS, None)
    (there / "progress.jsonl").write_text("one\n")
    mirror(run, HOSTS, None)
    assert not (run.path / "progress.jsonl").exists()
    mirror(run, HOSTS, None, due=True)
    assert (run.path / "progress.jsonl").exists()


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "spec.json", "log/../../x", "error/rank-0.json\n", ""]
)
def test_a_host_has_no_say_in_where_we_write(
    run: RunDir, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = {"name": name, "start": 0, "changed": 1, "data": "eA=="}
    told = json.dumps({"files": [file], "silent": {"../../x": 1.0}})
    monkeypatch.setattr(module, "on_host", lambda *_: Answer(0, told, ""))
    before = sorted(tmp_path.rglob("*"))
    mirror(run, HOSTS, None, due=True)
    assert [path for path in sorted(tmp_path.rglob("*")) if path.name != ".mirrored"] == before


def test_a_host_that_says_nonsense_is_passed_over(
    run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "on_host", lambda *_: Answer(255, "", "Connection refused"))
    mirror(run, HOSTS, None, due=True)
    assert run.heartbeats() == {}
