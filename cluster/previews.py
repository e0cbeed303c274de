"""Pictures drawn on the way, always from the same seed, so that one sees the name being learned."""

from io import BytesIO

import torch
from diffusers import AutoencoderKL, DDIMScheduler
from PIL import Image

from cluster.concept_rows import Concept
from cluster.evaluation import Denoiser
from cluster.run_dir import RunDir, write_atomically

_GUIDANCE = 5.0


def draw_preview(
    denoiser: Denoiser,
    vae: AutoencoderKL,
    concept: Concept,
    *,
    prompt: str,
    shape: tuple[int, int, int],
    steps: int,
    seed: int,
) -> Image.Image:
    """One picture of `prompt` by DDIM (arXiv 2010.02502) with classifier-free guidance.

    `shape` is that of a latent, `steps` the U-Net's steps.
    """
    scheduler = DDIMScheduler.from_config(denoiser.scheduler.config)
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(seed)
    latents = torch.randn((1, *shape), generator=generator) * scheduler.init_noise_sigma
    dtype = denoiser.unet.dtype
    with torch.no_grad():
        states = concept.encode(concept.ids(["", prompt])).to(dtype)
        for timestep in scheduler.timesteps:
            both = scheduler.scale_model_input(torch.cat([latents, latents]), timestep)
            # Not what may have been compiled: for a preview's shapes that would take minutes.
            noise = denoiser.unet.forward(both.to(dtype), timestep, states).sample.float()
            plain, asked = noise.chunk(2)
            guided = plain + _GUIDANCE * (asked - plain)
            latents = scheduler.step(guided, timestep, latents).prev_sample
        decoded = vae.decode(latents.to(vae.dtype) / vae.config.scaling_factor).sample
    pixels = ((decoded[0].float().clamp(-1, 1) + 1) * 127.5).round().byte()
    return Image.fromarray(pixels.permute(1, 2, 0).numpy())


def save_preview(run: RunDir, picture: Image.Image, step: int, index: int) -> None:
    """Keep it as previews/step-<n>-<k>.png, of the spec's prompt k."""
    png = BytesIO()
    picture.save(png, "PNG")
    write_atomically(run.path / "previews" / f"step-{step}-{index}.png", png.getvalue())
