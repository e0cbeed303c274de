"""`figment teach` up to the start of a run."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import teach as command
from bot.cli.main import app
from cluster.errors import LaunchError
from cluster.run_dir import RunDir
from cluster.settings import ClusterSettings
from tests.tiny_clip import make_tiny_clip
from tests.toy_pictures import has_red_edges, write_toy_pictures, write_wide_pictures


def _starts_nothing(run: RunDir, settings: ClusterSettings) -> tuple[str, ...]:
    raise LaunchError("launch_failed", "Nothing is started here.")


@pytest.mark.parametrize("crop", [True, False])
def test_pictures_are_cropped_only_if_that_is_wished(
    tmp_path: Path, paper_base: Path, monkeypatch: pytest.MonkeyPatch, crop: bool
) -> None:
    monkeypatch.setattr(command, "launch_here", _starts_nothing)
    monkeypatch.setenv("FIGMENT_CENTER_CROP", str(crop))
    write_wide_pictures(tmp_path / "wide", 2)
    words = ["teach", str(tmp_path / "wide"), "--token", "<dicoo>", "--init", "toy"]
    out = tmp_path / "out"
    result = CliRunner().invoke(app, [*words, "--base", str(paper_base), "--out", str(out)])
    assert "Nothing is started here." in result.output
    images = list(out.glob("runs/*/images/*.png"))
    assert len(images) == 2
    assert [has_red_edges(path) for path in images] == [not crop] * 2


def test_a_run_knows_the_folder_of_its_clip_model(
    tmp_path: Path, paper_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "launch_here", _starts_nothing)
    clip = make_tiny_clip(tmp_path / "clip")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIGMENT_CLIP", "clip")
    write_toy_pictures(tmp_path / "toys", 2)
    words = ["teach", "toys", "--token", "<dicoo>", "--init", "toy", "--base", str(paper_base)]
    assert "Nothing is started here." in CliRunner().invoke(app, words).output
    [run] = tmp_path.glob("concept/runs/*")
    assert RunDir(run).spec().clip == str(clip)
