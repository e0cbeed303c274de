"""`figment model prepare`, as somebody at a terminal sees it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli.main import app
from tests.tiny_vae import make_tiny_vae

pytestmark = pytest.mark.slow


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FIGMENT_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def prepare(base: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["model", "prepare", "--base", str(base), *more])


def test_a_base_is_exported_once(tiny_base: Path, data: Path) -> None:
    first = prepare(tiny_base, "--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["is_new"]
    folder = Path(told["folder"])
    assert folder.parent == data / "openvino"
    assert {one.name for one in folder.iterdir()} == {"text_encoder", "unet", "vae_decoder"}
    written = (folder / "unet" / "openvino_model.bin").stat()
    second = prepare(tiny_base)
    assert second.exit_code == 0
    assert "is ready already" in second.output
    assert (folder / "unet" / "openvino_model.bin").stat() == written


def test_pickled_weights_are_refused_before_anything_is_read(
    tiny_base: Path, data: Path, tmp_path: Path
) -> None:
    base = shutil.copytree(tiny_base, tmp_path / "base")
    (base / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04.")
    found = prepare(base)
    assert found.exit_code == 1
    assert "unet/diffusion_pytorch_model.bin" in found.output.replace("\n", "")
    assert not data.exists()


def test_a_preview_vae_of_another_kind_is_said_before_anything_is_made(
    tiny_base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vae = make_tiny_vae(tmp_path / "vae", channels=16)
    monkeypatch.setenv("FIGMENT_PREVIEW_VAE", str(vae))
    found = prepare(tiny_base)
    assert found.exit_code == 1
    assert "16 channels" in " ".join(found.output.split())
    assert not data.exists()
