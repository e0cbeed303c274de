"""Draws captions with a base model through diffusers' own pipeline."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from PIL import Image

from cluster.base import resolve_base
from demo.toybox.frozen_base import FrozenBase

STEPS = 25
GUIDANCE = 4.5
_BATCH = 10


class Painter:
    """The base's pipeline in fp32, sampling with DDIM."""

    def __init__(self, base: Path, steps: int = STEPS, guidance: float = GUIDANCE) -> None:
        parts = FrozenBase.load(base)
        self._pipeline = StableDiffusionPipeline(
            vae=parts.vae,
            text_encoder=parts.encoder,
            tokenizer=parts.tokenizer,
            unet=parts.denoiser.unet,
            scheduler=DDIMScheduler.from_pretrained(resolve_base(str(base)), subfolder="scheduler"),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
        self._pipeline.set_progress_bar_config(disable=True)
        self._steps, self._guidance = steps, guidance

    def paint(
        self,
        captions: Sequence[str],
        seed: int,
        on_done: Callable[[int], None] | None = None,
    ) -> list[Image.Image]:
        """One RGB picture a caption; picture i has the noise of seed + i, whatever the batch.

        `on_done` hears how many pictures each batch added.
        """
        made: list[Image.Image] = []
        for start in range(0, len(captions), _BATCH):
            texts = list(captions[start : start + _BATCH])
            made += self._pipeline(
                prompt=texts,
                num_inference_steps=self._steps,
                guidance_scale=self._guidance,
                generator=[
                    torch.Generator().manual_seed(seed + start + k) for k in range(len(texts))
                ],
            ).images
            if on_done is not None:
                on_done(len(texts))
        return made
