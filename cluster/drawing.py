"""Draws with the parts a run trains with: a prompt to a latent, a latent to a picture."""

from collections.abc import Sequence

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, DDIMScheduler
from PIL import Image

from cluster.concept_rows import Concept
from cluster.evaluation import Denoiser

_GUIDANCE = 5.0


def draw_latents(
    denoiser: Denoiser,
    concept: Concept,
    *,
    prompts: Sequence[str],
    seeds: Sequence[int],
    shape: tuple[int, int, int],
    steps: int,
) -> torch.Tensor:
    """Scaled latents, float32 [B, C, h, w], one of each prompt from the seed beside it.

    By DDIM (arXiv 2010.02502) with classifier-free guidance, all B at once: the U-Net is called
    `steps` times with SAMPLES_A_STEP * B samples. `shape` is that of a latent.

    Raises:
        ValueError: there are not as many seeds as prompts.
    """
    if len(prompts) != len(seeds):
        raise ValueError(f"{len(seeds)} seeds for {len(prompts)} prompts")
    scheduler = DDIMScheduler.from_config(denoiser.scheduler.config)
    scheduler.set_timesteps(steps)
    starts = [torch.randn((1, *shape), generator=torch.Generator().manual_seed(s)) for s in seeds]
    latents: torch.Tensor = torch.cat(starts) * scheduler.init_noise_sigma
    dtype = denoiser.unet.dtype
    with torch.no_grad():
        states = concept.encode(concept.ids([""] * len(prompts) + list(prompts))).to(dtype)
        for timestep in scheduler.timesteps:
            both = scheduler.scale_model_input(torch.cat([latents, latents]), timestep)
            # Not what may have been compiled: for these shapes that would take minutes.
            noise = denoiser.unet.forward(both.to(dtype), timestep, states).sample.float()
            plain, asked = noise.chunk(2)
            guided = plain + _GUIDANCE * (asked - plain)
            latents = scheduler.step(guided, timestep, latents).prev_sample
    return latents


def decode_latents(
    vae: AutoencoderKL | AutoencoderTiny, latents: torch.Tensor
) -> tuple[Image.Image, ...]:
    """RGB pictures of scaled latents, float32 [B, C, h, w], decoded one after the other."""
    pictures = []
    with torch.no_grad():
        for latent in latents.split(1):
            decoded = vae.decode(latent.to(vae.dtype) / vae.config.scaling_factor).sample
            pixels = ((decoded[0].float().clamp(-1, 1) + 1) * 127.5).round().byte()
            pictures.append(Image.fromarray(pixels.permute(1, 2, 0).numpy()))
    return tuple(pictures)
