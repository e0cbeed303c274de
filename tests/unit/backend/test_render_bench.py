"""What `figment bench render` reports, on a base of a few kilobytes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.base import load_base
from backend.errors import BackendError, ErrorCode
from backend.render_bench import measure_renders, why_ended
from tests.tiny_base import TINY_SIDE


def test_a_killed_process_is_not_told_by_the_line_it_happened_to_write_last() -> None:
    killed = why_ended(-9, "drawing\nstep 3 is deprecated")
    assert "-9" in killed.message
    assert "memory" in killed.hint
    assert why_ended(1, "Traceback\nOSError: disk full").hint == "OSError: disk full"


@pytest.mark.slow
def test_a_process_that_fails_is_told_by_what_it_wrote_last(
    tiny_base: Path, tmp_path: Path
) -> None:
    folder, work = tmp_path / "base", tmp_path / "work"
    shutil.copytree(tiny_base, folder)
    work.mkdir()
    base = load_base(str(folder))
    shutil.rmtree(folder / "unet")
    with pytest.raises(BackendError, match="exit code 1") as caught:
        measure_renders(work, base, steps=2, rounds=1)
    assert caught.value.code is ErrorCode.MEASUREMENT_ENDED
    assert "BackendError" in caught.value.hint


@pytest.mark.slow
def test_ratios_compiles_and_memory_are_those_of_a_real_run(tiny_base: Path) -> None:
    words = ["bench", "render", "--base", str(tiny_base), "--steps", "2", "--rounds", "1", "--json"]
    run = [sys.executable, "-c", "from bot.cli.main import app; app()", *words]
    found = subprocess.run(run, capture_output=True, check=False, text=True)
    assert found.returncode == 0, found.stderr
    # Of all its processes; rich leaves an empty line where its spinner was.
    assert found.stderr.strip() == ""
    told = json.loads(found.stdout)
    assert (told["resolution"], told["steps"]) == (TINY_SIDE, 2)
    # One round, so that medians of ratios are ratios of medians.
    assert told["picture_ratio"] == pytest.approx(
        told["picture_seconds"] / told["recipe_picture_seconds"]
    )
    assert told["first_picture_ratio"] == pytest.approx(
        told["first_picture_seconds"] / told["warm_picture_seconds"]
    )
    assert 0 < sum(told["stage_seconds"].values()) <= told["picture_seconds"]
    assert told["recipe_first_picture_seconds"] > told["recipe_picture_seconds"]
    assert told["int8_ratio"] > 0
    assert told["cutoff_ratio"] > 0
    assert told["compiles"] == 0
    assert told["concepts"] == 8
    assert 50 < told["peak_rss_mb"] < 5000
    assert told["memory_ratio"] == pytest.approx(told["peak_rss_mb"] / told["recipe_peak_rss_mb"])
