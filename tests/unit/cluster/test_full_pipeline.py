"""A whole pipeline draws what the base draws with the concept loaded."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline

from cluster.embedding_file import EmbeddingFile, write_embedding
from cluster.errors import BaseModelError, EmbeddingFileError
from cluster.full_pipeline import ensure_pipeline, write_full_pipeline
from tests.cluster_ground import Ground
from tests.tiny_base import TINY_HIDDEN, TINY_SIDE
from tests.toy_pictures import write_toy_pictures

pytestmark = pytest.mark.slow


def _concept(count: int = 3) -> EmbeddingFile:
    rows = 4 * np.random.default_rng(1).normal(size=(count, TINY_HIDDEN))
    return EmbeddingFile("<dicoo>", rows.astype(np.float32))


def _latents(pipeline: StableDiffusionPipeline, prompt: str) -> torch.Tensor:
    pipeline.set_progress_bar_config(disable=True)
    drawn: torch.Tensor = pipeline(
        prompt,
        num_inference_steps=3,
        height=TINY_SIDE,
        width=TINY_SIDE,
        output_type="latent",
        generator=torch.Generator().manual_seed(3),
    ).images
    return drawn


@pytest.mark.parametrize("count", [1, 3])
def test_it_draws_what_the_base_and_the_concept_draw(
    tiny_base: Path, tmp_path: Path, count: int
) -> None:
    concept = _concept(count)
    write_full_pipeline(tiny_base, concept, tmp_path / "pipeline")
    write_embedding(tmp_path / "learned_embeds.safetensors", concept)
    theirs = StableDiffusionPipeline.from_pretrained(tiny_base)
    theirs.load_textual_inversion(tmp_path / "learned_embeds.safetensors")
    ours = StableDiffusionPipeline.from_pretrained(tmp_path / "pipeline")
    for prompt in ("a photo of <dicoo> on a chair", "a photo of a toy"):
        assert torch.equal(_latents(ours, prompt), _latents(theirs, prompt))
    assert not torch.equal(_latents(ours, "a photo of <dicoo>"), _latents(ours, "a photo of a toy"))
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_files_that_stay_the_same_take_no_room(tiny_base: Path, tmp_path: Path) -> None:
    write_full_pipeline(tiny_base, _concept(), tmp_path / "pipeline")
    name = "unet/diffusion_pytorch_model.safetensors"
    assert (tmp_path / "pipeline" / name).samefile(tiny_base / name)
    changed = "text_encoder/model.safetensors"
    assert not (tmp_path / "pipeline" / changed).samefile(tiny_base / changed)


def test_a_base_kept_without_its_safety_checker_makes_a_pipeline(
    tiny_base: Path, tmp_path: Path
) -> None:
    base = shutil.copytree(tiny_base, tmp_path / "base")
    index = json.loads((base / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index["requires_safety_checker"] = True
    (base / "model_index.json").write_text(json.dumps(index))
    write_full_pipeline(base, _concept(), tmp_path / "pipeline")
    pipeline = StableDiffusionPipeline.from_pretrained(tmp_path / "pipeline")
    assert pipeline.safety_checker is None


def test_a_run_gets_its_pipeline_once(tiny_base: Path, tmp_path: Path) -> None:
    run = Ground(tiny_base, write_toy_pictures(tmp_path / "pictures", 2)).run(tmp_path / "run")
    with pytest.raises(EmbeddingFileError, match="not there"):
        ensure_pipeline(run)
    write_embedding(run.embedding, _concept())
    ensure_pipeline(run)
    first = (run.pipeline / "text_encoder" / "model.safetensors").stat().st_ino
    ensure_pipeline(run)
    assert (run.pipeline / "text_encoder" / "model.safetensors").stat().st_ino == first


def test_what_does_not_fit_leaves_nothing(tiny_base: Path, tmp_path: Path) -> None:
    wide = EmbeddingFile("<dicoo>", np.zeros((1, TINY_HIDDEN + 1), np.float32))
    with pytest.raises(BaseModelError, match="numbers"):
        write_full_pipeline(tiny_base, wide, tmp_path / "pipeline")
    with pytest.raises(BaseModelError, match="already"):
        write_full_pipeline(tiny_base, replace(_concept(), token="toy</w>"), tmp_path / "pipeline")
    assert list(tmp_path.iterdir()) == []
