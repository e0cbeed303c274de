"""A demo forgets its own past, and nobody else's."""

import sys
from pathlib import Path

import psutil
import pytest

from backend.sole import SoleOwner
from cluster.command import LaunchPlan
from cluster.launcher import launch
from cluster.run_dir import RunDir
from demo.house import _emptied
from demo.person import StoryError


def test_a_demos_own_data_is_forgotten_but_for_the_exported_base(tmp_path: Path) -> None:
    data = _emptied(tmp_path)
    (data / "figment.db").touch()
    (data / "runs" / "a").mkdir(parents=True)
    (data / "openvino").mkdir()
    assert _emptied(tmp_path) == data
    assert {entry.name for entry in data.iterdir()} == {"openvino", ".demo"}


def test_the_data_of_a_real_bot_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "figment.db").write_text("precious")
    with pytest.raises(StoryError, match="not a demo's"):
        _emptied(tmp_path)
    assert (tmp_path / "data" / "figment.db").read_text() == "precious"


def test_what_a_killed_demo_teaches_is_ended_before_its_folder_goes(tmp_path: Path) -> None:
    data = _emptied(tmp_path)
    run = RunDir(data / "runs" / "left")
    run.path.mkdir(parents=True)
    sleeps = (sys.executable, "-c", "import time; time.sleep(600)")
    record = launch(run, LaunchPlan(argv=sleeps, env=(), hostfile=""))
    _emptied(tmp_path)
    assert not psutil.pid_exists(record.pid)
    assert not run.path.exists()


def test_the_data_of_a_demo_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    data = _emptied(tmp_path)
    (data / "figment.db").touch()
    bot = SoleOwner(data / "serve.lock")
    bot.acquire()
    try:
        with pytest.raises(StoryError, match="uses the data folder"):
            _emptied(tmp_path)
        assert (data / "figment.db").exists()
    finally:
        bot.release()
