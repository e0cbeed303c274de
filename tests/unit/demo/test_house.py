"""A demo forgets its own past, and nobody else's."""

from pathlib import Path

import pytest

from backend.sole import SoleOwner
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
