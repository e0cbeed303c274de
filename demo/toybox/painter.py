"""Draws captions with a base model, as diffusers' own pipeline does."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

from cluster.base import resolve_base

STEPS = 25
GUIDANCE = 4.5
_BATCH = 10


class Painter:
    """The base's pipeline in fp32, with the scheduler it was saved with."""

    def __init__(self, base: Path, steps: int = STEPS, guidance: float = GUIDANCE) -> None:
        self._pipeline = StableDiffusionPipeline.from_pretrained(
            resolve_base(str(base)), torch_dtype=torch.float32
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
