"""Guidance that a U-Net was taught instead of being asked twice (LCM, arXiv 2310.04378)."""

import numpy as np
import torch
from diffusers.models.embeddings import get_timestep_embedding

from backend.engine_graphs import Floats


def guidance_embedding(guidance: float, width: int) -> Floats:
    """Return `guidance` as such a U-Net reads it beside the timestep, float32 [1, width].

    `width` is the U-Net's `time_cond_proj_dim`. As in diffusers' pipelines, which count guidance
    from 1 and embed its thousandfold like a timestep.
    """
    scale = torch.tensor([guidance - 1]) * 1000
    found: Floats = get_timestep_embedding(scale, width, downscale_freq_shift=1).numpy()
    return found.astype(np.float32)
