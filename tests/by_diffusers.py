"""Pictures as anybody would draw them who has the base model and the concepts' files."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionPipeline,
    UniPCMultistepScheduler,
)
from numpy.typing import NDArray
from safetensors.numpy import save_file

from backend.engine import Engine
from backend.engine_draws import Draw, Drawn, LoadedConcept
from backend.recipe import Recipe, Sampler

Pixels = NDArray[np.uint8]

SCHEDULERS = {
    Sampler.DPMPP_2M: DPMSolverMultistepScheduler,
    Sampler.DDIM: DDIMScheduler,
    Sampler.EULER: EulerDiscreteScheduler,
    Sampler.EULER_A: EulerAncestralDiscreteScheduler,
    Sampler.UNIPC: UniPCMultistepScheduler,
    Sampler.PNDM: PNDMScheduler,
    Sampler.LCM: LCMScheduler,
}

EXPECTED_WARNINGS = (
    "ignore:__array__ implementation:DeprecationWarning",
    "ignore:Deprecated in 0.9.0. BPE:DeprecationWarning",
)
"""What diffusers and transformers warn of when their own pipeline is used as documented."""


class Diffusers:
    """diffusers' own pipeline for one base model; concepts are loaded as its users load them."""

    def __init__(self, base: Path, folder: Path, **schedule: Any) -> None:
        self._pipeline = StableDiffusionPipeline.from_pretrained(base, local_files_only=True)
        self._folder = folder
        self._config = self._pipeline.scheduler.config
        self._schedule = schedule

    @property
    def pipeline(self) -> Any:
        """The pipeline itself."""
        return self._pipeline

    def learn(self, *concepts: LoadedConcept) -> None:
        """Load concepts by `load_textual_inversion`."""
        for concept in concepts:
            file = self._folder / f"{concept.token.strip('<>')}.safetensors"
            save_file({concept.token: concept.rows}, file)
            self._pipeline.load_textual_inversion(file)

    def draw(self, recipe: Recipe, **more: Any) -> Pixels:
        """Draw a recipe; `more` goes to the pipeline, over what the recipe says."""
        kind = StableDiffusionImg2ImgPipeline if "image" in more else StableDiffusionPipeline
        pipeline = kind(**self._pipeline.components, requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        own = {"skip_prk_steps": True} if recipe.sampler is Sampler.PNDM else {}
        pipeline.scheduler = SCHEDULERS[recipe.sampler].from_config(
            self._config, **self._schedule, **own
        )
        size = {} if "image" in more else {"width": recipe.width, "height": recipe.height}
        drawn = pipeline(
            **{
                "prompt": recipe.prompt,
                "negative_prompt": recipe.negative_prompt,
                "num_inference_steps": recipe.steps,
                "guidance_scale": recipe.guidance,
                "generator": torch.Generator().manual_seed(recipe.seed),
                "output_type": "pil",
                **size,
                **more,
            }
        )
        return np.asarray(drawn.images[0])


def by_diffusers(base: Path, draw: Draw, folder: Path) -> Pixels:
    """Draw with a pipeline that knows nothing else."""
    pipeline = Diffusers(base, folder)
    pipeline.learn(*draw.concepts)
    return pipeline.draw(draw.recipe)


def pixels(drawn: Drawn | None) -> Pixels:
    """Return a picture that must be there."""
    assert drawn is not None
    return np.asarray(drawn.picture)


def one(engine: Engine, draw: Draw) -> Pixels:
    """Draw a picture alone."""
    return pixels(engine.draw([draw])[0])


def assert_same_picture(ours: Pixels, theirs: Pixels) -> None:
    """Nothing but the rounding of single pixels may differ."""
    assert ours.shape == theirs.shape
    difference = np.abs(ours.astype(int) - theirs.astype(int))
    assert difference.max() <= 1
    assert difference.mean() < 0.01
    assert theirs.std() > 10, "a flat picture compares equal to everything"
