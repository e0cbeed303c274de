"""Pictures as posteriors of the VAE, computed once per picture and flip."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image


@dataclass(frozen=True)
class Posteriors:
    """Scaled means and deviations, float32 [N, C, h, w]; mirrored pictures follow the others."""

    mean: torch.Tensor
    std: torch.Tensor

    def sample(self, index: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Latents of the pictures `index` int64 [B], float32 [B, C, h, w]."""
        return self.mean[index] + self.std[index] * noise

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a latent."""
        c, h, w = self.mean.shape[1:]
        return (c, h, w)


def picture_files(images: Path) -> tuple[Path, ...]:
    """The prepared pictures, in the manifest's order."""
    manifest = json.loads((images / "manifest.json").read_text())
    return tuple(images / f"{entry['sha256']}.png" for entry in manifest)


def encode_posteriors(vae: AutoencoderKL, files: tuple[Path, ...], flip: bool) -> Posteriors:
    """Encode every picture (and its mirror image) once; the encoder is not needed afterwards."""
    means, stds = [], []
    for mirrored in (False, True) if flip else (False,):
        for file in files:
            with Image.open(file) as picture:
                pixels = torch.from_numpy(np.array(picture.convert("RGB")))
            tensor = pixels.permute(2, 0, 1)[None].to(vae.dtype) / 127.5 - 1
            if mirrored:
                tensor = tensor.flip(3)
            with torch.no_grad():
                posterior = vae.encode(tensor).latent_dist
            means.append(posterior.mean.float())
            stds.append(posterior.std.float())
    scale = vae.config.scaling_factor
    return Posteriors(torch.cat(means) * scale, torch.cat(stds) * scale)
