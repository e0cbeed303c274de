"""Pictures as posteriors of the VAE, computed once per picture and flip."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image


class Pictures(Protocol):
    """Training pictures as latents to be drawn."""

    def sample(self, index: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Latents of the pictures `index` int64 [B], float32 [B, C, h, w]."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a latent."""

    def __len__(self) -> int: ...


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

    def __len__(self) -> int:
        return len(self.mean)


def picture_files(images: Path) -> tuple[Path, ...]:
    """The prepared pictures, in the manifest's order."""
    manifest = json.loads((images / "manifest.json").read_text())
    return tuple(images / f"{entry['sha256']}.png" for entry in manifest)


class EncodedEachStep:
    """Pictures that go through the VAE whenever they are drawn, as in the reference recipe."""

    def __init__(self, vae: AutoencoderKL, pixels: torch.Tensor) -> None:
        self._vae, self._pixels = vae, pixels
        self._size = 2 ** (len(vae.config.block_out_channels) - 1)

    def sample(self, index: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Latents of the pictures `index` int64 [B], float32 [B, C, h, w]."""
        with torch.no_grad():
            posterior = self._vae.encode(self._pixels[index]).latent_dist
        drawn = posterior.mean.float() + posterior.std.float() * noise
        return cast(torch.Tensor, drawn * self._vae.config.scaling_factor)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a latent."""
        h, w = self._pixels.shape[2:]
        return (self._vae.config.latent_channels, h // self._size, w // self._size)

    def __len__(self) -> int:
        return len(self._pixels)


def load_pixels(files: tuple[Path, ...], flip: bool, dtype: torch.dtype) -> torch.Tensor:
    """Prepared pictures, then their mirror images, [N, 3, H, W] from -1 to 1."""
    loaded = []
    for file in files:
        with Image.open(file) as picture:
            pixels = torch.from_numpy(np.array(picture.convert("RGB")))
        loaded.append(pixels.permute(2, 0, 1).to(dtype) / 127.5 - 1)
    upright = torch.stack(loaded)
    return torch.cat([upright, upright.flip(3)]) if flip else upright


def encode_posteriors(vae: AutoencoderKL, pixels: torch.Tensor) -> Posteriors:
    """Encode every picture once; the encoder is not needed afterwards."""
    means, stds = [], []
    for one in pixels:
        with torch.no_grad():
            posterior = vae.encode(one[None]).latent_dist
        means.append(posterior.mean.float())
        stds.append(posterior.std.float())
    scale = vae.config.scaling_factor
    return Posteriors(torch.cat(means) * scale, torch.cat(stds) * scale)
