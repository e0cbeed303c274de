"""The whole recipe, stage by stage; every finished stage leaves a file and is not run again."""

from dataclasses import dataclass
from pathlib import Path

from diffusers import AutoencoderKL
from transformers import CLIPTokenizer

from demo.toybox.dataset import build_dataset
from demo.toybox.text_training import warm_up_text
from demo.toybox.tokenizer import train_tokenizer
from demo.toybox.unet_training import train_unet
from demo.toybox.vae_training import encode_all, train_vae


@dataclass(frozen=True, slots=True)
class Budget:
    """What the recipe spends."""

    pictures: int
    """Pictures drawn for training."""
    vae_minutes: float
    """Minutes for the autoencoder."""
    text_minutes: float
    """Minutes for the words' warm-up."""
    unet_minutes: float
    """Minutes for the U-Net."""


def train(out: Path, budget: Budget) -> None:
    """Run or go on with the recipe in `out`; the result is `out/pipeline`."""
    out.mkdir(parents=True, exist_ok=True)
    data = out / "data"
    if not (data / "pictures.npy").exists():
        build_dataset(data, budget.pictures)
    if (out / "tokenizer" / "tokenizer.json").exists():
        tokenizer = CLIPTokenizer.from_pretrained(out / "tokenizer")
    else:
        tokenizer = train_tokenizer(out / "tokenizer")
    if (out / "vae" / "config.json").exists():
        vae = AutoencoderKL.from_pretrained(out / "vae")
    else:
        vae = train_vae(data, out, budget.vae_minutes * 60)
    vae.requires_grad_(False).eval()
    if not (out / "latents.npy").exists():
        encode_all(vae, data, out)
    if not (out / "text_encoder" / "config.json").exists():
        warm_up_text(tokenizer, data, out, budget.text_minutes * 60)
    train_unet(tokenizer, vae, data, out, budget.unet_minutes * 60)
