"""Since when hosts have let nobody in."""

import os
from pathlib import Path

from cluster.unanswered import unanswered_since


def _first_asked(run: Path, host: str, seconds: float) -> None:
    [file] = run.rglob(host)
    os.utime(file, (seconds, seconds))


def test_it_counts_from_the_first_time_until_the_host_answers(tmp_path: Path) -> None:
    assert set(unanswered_since(tmp_path, ("xeon-1", "xeon-2"))) == {"xeon-1", "xeon-2"}
    for host, seconds in (("xeon-1", 100), ("xeon-2", 200)):
        _first_asked(tmp_path, host, seconds)
    assert unanswered_since(tmp_path, ("xeon-1", "xeon-2")) == {"xeon-1": 100, "xeon-2": 200}
    assert unanswered_since(tmp_path, ("xeon-2",)) == {"xeon-2": 200}
    assert unanswered_since(tmp_path, ("xeon-1",))["xeon-1"] > 200, "it had answered meanwhile"
    assert unanswered_since(tmp_path, ()) == {}


def test_a_run_whose_hosts_answer_gets_no_files(tmp_path: Path) -> None:
    assert unanswered_since(tmp_path, ()) == {}
    assert list(tmp_path.iterdir()) == []
