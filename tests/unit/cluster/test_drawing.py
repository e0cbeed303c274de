from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline

from cluster.concept_rows import Concept, add_concept
from cluster.drawing import decode_latents, draw_latents
from cluster.evaluation import Denoiser
from cluster.model import Base, load_base
from cluster.previews import draw_preview
from cluster.spec import Precision, TrainSpec

_SHAPE = (4, 8, 8)
_PROMPTS = ("a toy at the beach", "a photo of a robot", "a duck in the snow")
_SEEDS = (3, 11, 3)


@pytest.fixture(scope="module")
def loaded(tiny_base: Path) -> tuple[Base, Concept]:
    spec = TrainSpec(
        job_id="j",
        token="<dicoo>",
        initializer="toy",
        base=str(tiny_base),
        base_hash="h",
        resolution=64,
        precision=Precision.FP32,
    )
    base = load_base(spec)
    return base, add_concept(base.tokenizer, base.encoder, spec)


def _draw(loaded: tuple[Base, Concept], *which: int) -> torch.Tensor:
    base, concept = loaded
    return draw_latents(
        Denoiser(base.unet, base.scheduler),
        concept,
        prompts=[_PROMPTS[one] for one in which],
        seeds=[_SEEDS[one] for one in which],
        shape=_SHAPE,
        steps=4,
    )


def test_latents_are_those_of_diffusers_own_pipeline(loaded: tuple[Base, Concept]) -> None:
    base, concept = loaded
    pipeline = StableDiffusionPipeline(
        vae=base.vae,
        text_encoder=concept.encoder,
        tokenizer=concept.tokenizer,
        unet=base.unet,
        scheduler=DDIMScheduler.from_config(base.scheduler.config),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    expected = pipeline(
        _PROMPTS[0],
        height=64,
        width=64,
        num_inference_steps=4,
        guidance_scale=5.0,
        generator=torch.Generator().manual_seed(_SEEDS[0]),
        output_type="latent",
    ).images
    assert torch.allclose(_draw(loaded, 0), expected, atol=1e-4)


def test_drawn_at_once_they_are_what_they_are_alone(loaded: tuple[Base, Concept]) -> None:
    together = _draw(loaded, 0, 1, 2)
    alone = torch.cat([_draw(loaded, k) for k in range(3)])
    assert torch.allclose(together, alone, atol=1e-3)
    # The same seed, but another prompt.
    assert not torch.allclose(together[0], together[2], atol=1e-2)


def test_a_preview_is_its_decoded_latent(loaded: tuple[Base, Concept]) -> None:
    base, concept = loaded
    preview = draw_preview(
        Denoiser(base.unet, base.scheduler),
        base.vae,
        concept,
        prompt=_PROMPTS[1],
        shape=_SHAPE,
        steps=4,
        seed=_SEEDS[1],
    )
    pictures = decode_latents(base.vae, torch.cat([_draw(loaded, k) for k in (0, 1)]))
    assert len(pictures) == 2
    assert preview.size == (64, 64)
    assert np.array_equal(np.array(preview), np.array(pictures[1]))
    assert not np.array_equal(np.array(preview), np.array(pictures[0]))


def test_every_prompt_needs_its_seed(loaded: tuple[Base, Concept]) -> None:
    base, concept = loaded
    with pytest.raises(ValueError, match="1 seeds for 2 prompts"):
        draw_latents(
            Denoiser(base.unet, base.scheduler),
            concept,
            prompts=_PROMPTS[:2],
            seeds=(1,),
            shape=_SHAPE,
            steps=2,
        )
