"""Pictures that a base model's safety checker flags are held back, and said to be."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from backend.engine import Engine
from backend.errors import BackendError, ErrorCode
from backend.recipe import RenderPrecision
from backend.safety import SafetyChecker
from bot.cli.main import app
from cluster.base import base_hash
from tests.engine_draws import some_draw
from tests.tiny_checker import add_tiny_checker

pytestmark = pytest.mark.slow


@pytest.fixture
def base(tiny_base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_base, tmp_path / "base"))


def load(base: Path, cache: Path, *, safety: bool = True) -> Engine:
    return Engine.load(base, cache, RenderPrecision.F32, safety=safety)


def test_what_is_flagged_is_held_back_and_nothing_else_is(
    base: Path, openvino_cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pictures = {}
    for flags in (True, False):
        engine = load(add_tiny_checker(base, flags=flags), openvino_cache)
        draws = [some_draw(engine.base_hash, seed=seed) for seed in (1, 2)]
        drawn = engine.draw(draws, cancelled=lambda: frozenset({0}))
        assert drawn[0] is None
        assert drawn[1] is not None
        assert drawn[1].held_back is flags
        pictures[flags] = np.asarray(drawn[1].picture)
    assert (pictures[True] == pictures[False]).all()
    assert "black" not in caplog.text
    engine = load(add_tiny_checker(base, flags=True), openvino_cache, safety=False)
    drawn = engine.draw([some_draw(engine.base_hash)])
    assert drawn[0] is not None
    assert not drawn[0].held_back


def test_a_picture_is_judged_as_diffusers_judges_it(base: Path) -> None:
    import torch
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import CLIPImageProcessorPil

    add_tiny_checker(base, flags=True)
    model = StableDiffusionSafetyChecker.from_pretrained(base / "safety_checker")
    processor = CLIPImageProcessorPil.from_pretrained(base / "feature_extractor")
    random = np.random.default_rng(0)
    pictures = [Image.fromarray(random.integers(0, 256, (64, 96, 3), np.uint8)) for _ in range(4)]
    pixels = processor(images=pictures, return_tensors="pt").pixel_values
    with torch.no_grad():
        seen = model.visual_projection(model.vision_model(pixels)[1])
        seen = torch.nn.functional.normalize(seen)
        near = seen @ torch.nn.functional.normalize(model.concept_embeds).T
    # Thresholds that some of the pictures pass and others do not.
    model.concept_embeds_weights.data[:] = near.mean(0)
    model.concept_embeds_weights.data[1:] = 2
    expected = [bool(one) for one in (near[:, 0] - near[:, 0].mean()).round(decimals=3) > 0]
    assert len(set(expected)) == 2
    assert SafetyChecker(model, processor).holds_back(pictures) == expected


def test_a_base_is_the_same_with_its_checker_left_out(base: Path) -> None:
    add_tiny_checker(base, flags=True)
    whole = base_hash(base)
    shutil.rmtree(base / "safety_checker")
    assert base_hash(base) == whole
    assert SafetyChecker.load(base) is None


@pytest.mark.parametrize("name", ["safety_checker/model.safetensors", "feature_extractor"])
def test_a_checker_with_a_missing_part_is_an_error_and_never_off(base: Path, name: str) -> None:
    add_tiny_checker(base, flags=True)
    part = base / name
    part.unlink() if part.is_file() else shutil.rmtree(part)
    with pytest.raises(BackendError, match="safety checker") as caught:
        SafetyChecker.load(base)
    assert caught.value.code is ErrorCode.BASE_MODEL


def test_weights_that_are_not_there_are_not_made_up(base: Path) -> None:
    from safetensors.numpy import load_file, save_file

    add_tiny_checker(base, flags=True)
    file = base / "safety_checker" / "model.safetensors"
    weights = load_file(file)
    del weights["visual_projection.weight"]
    save_file(weights, file, {"format": "pt"})
    with pytest.raises(BackendError, match="safety checker"):
        SafetyChecker.load(base)


def test_imagine_keeps_no_picture_that_is_held_back(
    base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    add_tiny_checker(base, flags=True)
    monkeypatch.setenv("FIGMENT_DATA", str(tmp_path / "data"))
    words = ["imagine", "a robot", "--n", "1", "--seed", "7", "--steps", "1"]
    found = CliRunner().invoke(
        app, [*words, "--base", str(base), "--out", str(tmp_path / "pictures")]
    )
    assert found.exit_code == 0, found.output
    assert "Seed 7 is held back" in found.output
    assert not (tmp_path / "pictures").exists()
