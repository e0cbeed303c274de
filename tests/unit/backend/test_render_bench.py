"""What `figment bench render` reports, on a base of a few kilobytes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from tests.tiny_base import TINY_SIDE

pytestmark = pytest.mark.slow


def test_ratios_compiles_and_memory_are_those_of_a_real_run(tiny_base: Path) -> None:
    words = ["bench", "render", "--base", str(tiny_base), "--steps", "2", "--rounds", "1"]
    found = CliRunner().invoke(app, [*words, "--json"])
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert (told["resolution"], told["steps"]) == (TINY_SIDE, 2)
    # One round, so that medians of ratios are ratios of medians.
    assert told["picture_ratio"] == pytest.approx(
        told["picture_seconds"] / told["recipe_picture_seconds"]
    )
    assert told["first_picture_ratio"] == pytest.approx(
        told["first_picture_seconds"] / told["picture_seconds"]
    )
    assert 0 < sum(told["stage_seconds"].values()) <= told["picture_seconds"]
    assert told["recipe_first_picture_seconds"] > told["recipe_picture_seconds"]
    assert told["int8_ratio"] > 0
    assert told["cutoff_ratio"] > 0
    assert told["compiles"] == 0
    assert told["concepts"] == 5
    assert 50 < told["peak_rss_mb"] < 5000
    assert told["memory_ratio"] == pytest.approx(told["peak_rss_mb"] / told["recipe_peak_rss_mb"])
