"""A base model's parts as diffusers loads them, from safetensors alone."""

from pathlib import Path
from typing import Any


def load_plain_pipeline(base: Path) -> Any:
    """Return the StableDiffusionPipeline of a folder, float32, without its safety checker.

    Raises OSError or ValueError where a part is missing, or has only pickled weights, which may
    hold any code.
    """
    import torch
    from diffusers import StableDiffusionPipeline

    return StableDiffusionPipeline.from_pretrained(
        base,
        local_files_only=True,
        torch_dtype=torch.float32,
        use_safetensors=True,
        safety_checker=None,
        requires_safety_checker=False,
        feature_extractor=None,
        image_encoder=None,
    )
