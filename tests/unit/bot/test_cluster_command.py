"""`figment cluster setup`: what is copied."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cluster as command
from bot.cli.main import app
from cluster.errors import LaunchError
from tests.tiny_clip import make_tiny_clip
from tests.tiny_vae import make_tiny_vae


def test_all_models_that_a_job_needs_are_copied(
    paper_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[Path] = []

    def copies_nothing(*models: Path) -> tuple[Path, ...]:
        copied.extend(models)
        raise LaunchError("not_sent", "Nothing is copied here.")

    monkeypatch.setattr(command, "folders_to_copy", copies_nothing)
    vae, clip = make_tiny_vae(tmp_path / "vae"), make_tiny_clip(tmp_path / "clip")
    monkeypatch.setenv("FIGMENT_PREVIEW_VAE", str(vae))
    monkeypatch.setenv("FIGMENT_CLIP", str(clip))
    (tmp_path / "hosts").write_text("host-1\n")
    words = ["cluster", "setup", "--hostfile", str(tmp_path / "hosts"), "--base", str(paper_base)]
    result = CliRunner().invoke(app, words)
    assert "Nothing is copied here." in result.output
    assert copied == [paper_base.resolve(), vae, clip]
