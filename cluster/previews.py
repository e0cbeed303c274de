"""Pictures drawn on the way, always from the same seed, so that one sees the name being learned."""

from io import BytesIO

import torch
from diffusers import AutoencoderKL, AutoencoderTiny
from PIL import Image
from safetensors import SafetensorError

from cluster.concept_rows import Concept
from cluster.drawing import decode_latents, draw_latents
from cluster.errors import TrainingError
from cluster.evaluation import Denoiser
from cluster.run_dir import RunDir, write_atomically


def load_preview_vae(folder: str, dtype: torch.dtype) -> AutoencoderTiny:
    """Load the small VAE in `folder`, frozen; it decodes only.

    Raises:
        TrainingError: it cannot be read, or lacks weights.
    """
    try:
        vae, loading = AutoencoderTiny.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            torch_dtype=dtype,
            output_loading_info=True,
        )
        # What is missing would have been made up at random, with no more than a warning.
        if missing := sorted(loading["missing_keys"]):
            raise ValueError(f"it lacks {', '.join(missing)}")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise TrainingError(
            "preview_vae",
            f"The preview VAE in {folder} cannot be loaded.",
            f"{str(error)[:200]}. Copy it anew, or leave FIGMENT_PREVIEW_VAE out.",
        ) from error
    vae.encoder = None
    return vae.requires_grad_(False).eval()


def draw_preview(
    denoiser: Denoiser,
    vae: AutoencoderKL | AutoencoderTiny,
    concept: Concept,
    *,
    prompt: str,
    shape: tuple[int, int, int],
    steps: int,
    seed: int,
) -> Image.Image:
    """One picture of `prompt`; `shape` is that of a latent, `steps` the U-Net's steps."""
    latents = draw_latents(
        denoiser, concept, prompts=(prompt,), seeds=(seed,), shape=shape, steps=steps
    )
    return decode_latents(vae, latents)[0]


def save_preview(run: RunDir, picture: Image.Image, step: int, index: int) -> None:
    """Keep it as previews/step-<n>-<k>.png, of the spec's prompt k."""
    png = BytesIO()
    picture.save(png, "PNG")
    write_atomically(run.path / "previews" / f"step-{step}-{index}.png", png.getvalue())
