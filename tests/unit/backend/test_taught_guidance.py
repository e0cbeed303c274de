"""Bases whose U-Net was taught guidance, as LCM's are, against diffusers itself."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import LatentConsistencyModelPipeline
from hypothesis import given
from hypothesis import strategies as st

from backend.engine import Engine
from backend.guidance_embedding import guidance_embedding
from backend.recipe import RenderPrecision, Sampler
from tests.by_diffusers import EXPECTED_WARNINGS, Diffusers, assert_same_picture, one
from tests.engine_draws import some_draw
from tests.tiny_base import make_tiny_base

pytestmark = [
    pytest.mark.usefixtures("one_torch_thread"),
    *map(pytest.mark.filterwarnings, EXPECTED_WARNINGS),
]

WIDTH = 16


@given(st.floats(1, 30), st.sampled_from([2 * n for n in range(2, 40)]))
def test_guidance_is_embedded_as_diffusers_does(guidance: float, width: int) -> None:
    # It needs nothing of the pipeline.
    embed = LatentConsistencyModelPipeline.get_guidance_scale_embedding
    theirs = embed(None, torch.tensor([guidance - 1]), width)
    # Angles of up to 29,000 in float32, whose last digit is then worth 0.002.
    np.testing.assert_allclose(guidance_embedding(guidance, width), theirs.numpy(), atol=1e-2)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_base(tmp_path_factory.mktemp("taught"), taught_guidance=WIDTH)


@pytest.fixture(scope="module")
def engine(base: Path, openvino_cache: Path) -> Engine:
    return Engine.load(base, openvino_cache, RenderPrecision.F32)


@pytest.mark.slow
@pytest.mark.parametrize("guidance", [1.0, 1.5, 8.0])
def test_pictures_are_those_of_diffusers(
    engine: Engine, base: Path, tmp_path: Path, guidance: float
) -> None:
    draw = some_draw(engine.base_hash, sampler=Sampler.LCM, steps=4, guidance=guidance)
    assert_same_picture(one(engine, draw), Diffusers(base, tmp_path).draw(draw.recipe))


@pytest.mark.slow
def test_guidance_still_matters(engine: Engine) -> None:
    little, much = (
        one(engine, some_draw(engine.base_hash, sampler=Sampler.LCM, steps=4, guidance=guidance))
        for guidance in (1.5, 8.0)
    )
    assert (little != much).any()
