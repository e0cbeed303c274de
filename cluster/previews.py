"""Pictures drawn on the way, always from the same seed, so that one sees the name being learned."""

from io import BytesIO

from diffusers import AutoencoderKL
from PIL import Image

from cluster.concept_rows import Concept
from cluster.drawing import decode_latents, draw_latents
from cluster.evaluation import Denoiser
from cluster.run_dir import RunDir, write_atomically


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
