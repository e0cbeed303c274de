"""Previews drawn with a small VAE in place of the base's own."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny
from PIL import Image
from safetensors.torch import load_file, save_file

from cluster.check_up import check_up
from cluster.errors import BaseModelError, TrainingError
from cluster.facts import Question
from cluster.preview_vae import find_preview_vae, with_preview_vae
from cluster.previews import load_preview_vae
from cluster.probe import look
from cluster.run_dir import RunDir
from cluster.settings import ClusterSettings
from cluster.trainer import Trainer
from tests.run_here import prepared_run, trainer_of
from tests.tiny_vae import make_tiny_vae

_WEIGHTS = "diffusion_pytorch_model.safetensors"


@pytest.fixture(scope="module")
def tiny_vae(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_vae(tmp_path_factory.mktemp("vae"))


def _only_preview(folder: Path, base: Path, vae: str) -> tuple[RunDir, Trainer, Image.Image]:
    run = prepared_run(
        folder, base, max_steps=1, preview_interval=1, preview_steps=2, score=False, preview_vae=vae
    )
    trainer = trainer_of(run)
    trainer.on_preview(1)
    [preview] = run.previews()
    with Image.open(preview.path) as picture:
        return run, trainer, picture.convert("RGB")


def test_previews_are_decoded_by_it_and_nothing_else_is(
    tiny_base: Path, tiny_vae: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[torch.Tensor] = []
    decode = AutoencoderTiny.decode

    def noted(vae: AutoencoderTiny, latents: torch.Tensor) -> object:
        decoded.append(latents)
        return decode(vae, latents)

    monkeypatch.setattr(AutoencoderTiny, "decode", noted)
    _, trainer, small = _only_preview(tmp_path / "small", tiny_base, str(tiny_vae))
    [latents] = decoded
    _, usual, own = _only_preview(tmp_path / "own", tiny_base, "")
    assert len(decoded) == 1, "without the setting the base's own decodes"
    assert small.size == own.size
    with torch.no_grad():
        pixels = AutoencoderTiny.from_pretrained(tiny_vae).decode(latents).sample[0]
    expected = ((pixels.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    assert np.array_equal(np.array(small), expected)
    assert not np.array_equal(np.array(small), np.array(own))
    # What is trained on is encoded by the base's own VAE, whoever draws the previews.
    assert torch.equal(trainer.evaluation.latents, usual.evaluation.latents)


def test_the_settings_name_becomes_a_folder(
    tiny_base: Path, tiny_vae: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_vae.parent)
    settings = ClusterSettings(_env_file=None, preview_vae=tiny_vae.name)
    assert with_preview_vae(settings, tiny_base).preview_vae == str(tiny_vae.resolve())
    without = ClusterSettings(_env_file=None)
    assert with_preview_vae(without, tiny_base) is without


def test_latents_of_another_kind_are_refused(tiny_base: Path, tmp_path: Path) -> None:
    other = make_tiny_vae(tmp_path / "sixteen", channels=16)
    with pytest.raises(BaseModelError, match="16 channels, the base model's 4"):
        find_preview_vae(str(other), tiny_base)
    smaller = make_tiny_vae(tmp_path / "smaller", doublings=2)
    with pytest.raises(BaseModelError, match="4 times the side of a latent, the base model's 8"):
        find_preview_vae(str(smaller), tiny_base)


def test_what_is_no_such_vae_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match="'AutoencoderKL'"):
        find_preview_vae(str(tiny_base / "vae"), tiny_base)
    with pytest.raises(BaseModelError, match=r"config\.json cannot be read"):
        find_preview_vae(str(tmp_path), tiny_base)


def test_pickled_weights_are_not_taken(tiny_base: Path, tmp_path: Path) -> None:
    vae = make_tiny_vae(tmp_path / "vae")
    (vae / _WEIGHTS).rename(vae / "diffusion_pytorch_model.bin")
    with pytest.raises(BaseModelError, match=f"has no {_WEIGHTS}"):
        find_preview_vae(str(vae), tiny_base)


@pytest.mark.parametrize("how", ["lacks", "broken"])
def test_weights_are_never_made_up(tmp_path: Path, how: str) -> None:
    file = make_tiny_vae(tmp_path / "vae") / _WEIGHTS
    weights = load_file(file)
    if how == "lacks":
        del weights["decoder.layers.0.weight"]
        save_file(weights, file, metadata={"format": "pt"})
    else:
        file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(TrainingError) as caught:
        load_preview_vae(str(file.parent), torch.float32)
    assert caught.value.code == "preview_vae"
    if how == "lacks":
        assert "decoder.layers.0.weight" in caught.value.hint


def test_the_doctor_says_what_is_wrong_with_it_here(tiny_base: Path, tmp_path: Path) -> None:
    settings = ClusterSettings(_env_file=None, ranks=1, preview_vae=str(tiny_base / "vae"))
    report = check_up((), settings, tmp_path / "runs", tiny_base)
    assert not report.ok
    assert [(one.id, one.host) for one in report.findings] == [("preview_vae", "this machine")]


def _facts_of(base: Path, vae: Path, folder: Path) -> str:
    question = Question(
        base=base, folder=folder, main_address="127.0.0.1", master_port=0, preview_vae=vae
    )
    return look(Question.model_validate_json(question.model_dump_json())).preview_vae_trouble


def test_a_host_is_asked_for_it(tiny_base: Path, tiny_vae: Path, tmp_path: Path) -> None:
    assert _facts_of(tiny_base, tiny_vae, tmp_path) == ""
    assert "there is no folder" in _facts_of(tiny_base, tmp_path / "gone", tmp_path)
    half = make_tiny_vae(tmp_path / "half")
    (half / _WEIGHTS).unlink()
    assert _WEIGHTS in _facts_of(tiny_base, half, tmp_path)
