"""First stage: the autoencoder between 128 x 128 pictures and 16 x 16 x 4 latents."""

from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from rich.progress import track
from torch.nn import functional

from demo.toybox.architecture import build_vae
from demo.toybox.dataset import load_pictures
from demo.toybox.pacing import Pace, fast_arithmetic, rate, save_state

_CROP = 64
_BATCH = 16
_LEARNING_RATE = 1.5e-3
_KL_WEIGHT = 1e-5
_EDGE_WEIGHT = 1.0


def to_tensor(pictures: NDArray[np.uint8]) -> torch.Tensor:
    """uint8 [B, H, W, 3] to float32 [B, 3, H, W] in -1..1."""
    pixels = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2)
    return pixels.contiguous().float().div_(127.5).sub_(1)


def edge_loss(made: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """L1 between horizontal and vertical differences: blurred edges cost, flat areas do not."""
    across = (made.diff(dim=3) - real.diff(dim=3)).abs().mean()
    down = (made.diff(dim=2) - real.diff(dim=2)).abs().mean()
    return across + down


def _crops(pictures: NDArray[np.uint8], rng: np.random.Generator) -> torch.Tensor:
    """Crops aligned to the latent grid: the network is convolutional, a crop costs a quarter."""
    side = pictures.shape[1]
    chosen = rng.integers(0, len(pictures), _BATCH)
    corners = rng.integers(0, (side - _CROP) // 8 + 1, (_BATCH, 2)) * 8
    crops = [
        pictures[i, y : y + _CROP, x : x + _CROP] for i, (y, x) in zip(chosen, corners, strict=True)
    ]
    return to_tensor(np.stack(crops))


def train_vae(data: Path, out: Path, seconds: float) -> AutoencoderKL:
    """Train for `seconds` in all (earlier runs counted) and save to `out/vae`."""
    pictures = load_pictures(data)
    # Channels-last was a quarter slower here: the picture's own resolution has few channels.
    vae = build_vae()
    optimizer = torch.optim.AdamW(vae.parameters(), lr=_LEARNING_RATE, weight_decay=0.0)
    pace = Pace("autoencoder", seconds)
    state_file = out / "vae.state"
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        vae.load_state_dict(state["vae"])
        optimizer.load_state_dict(state["optimizer"])
        pace.spent, pace.step = state["spent"], state["step"]
    rng = np.random.default_rng(pace.step)
    torch.manual_seed(pace.step)

    def save() -> None:
        save_state(
            state_file,
            {
                "vae": vae.state_dict(),
                "optimizer": optimizer.state_dict(),
                "spent": pace.total,
                "step": pace.step,
            },
        )

    for step in pace.steps():
        for group in optimizer.param_groups:
            group["lr"] = _LEARNING_RATE * rate(pace.share)
        real = _crops(pictures, rng)
        with fast_arithmetic():
            posterior = vae.encode(real).latent_dist
            made = vae.decode(posterior.sample()).sample.float()
        loss = functional.l1_loss(made, real) + _EDGE_WEIGHT * edge_loss(made, real)
        total = loss + _KL_WEIGHT * posterior.kl().float().mean()
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        pace.note(loss.item())
        if step % 500 == 499:
            save()
    save()
    vae.eval()
    with torch.no_grad():
        means = vae.encode(to_tensor(pictures[:256])).latent_dist.mean
    vae.register_to_config(scaling_factor=round(1.0 / means.std().item(), 5))
    vae.save_pretrained(out / "vae")
    return vae


def encode_all(vae: AutoencoderKL, data: Path, out: Path) -> None:
    """Keep every picture's scaled posterior: latents.npy float16 [N, 2, 4, 16, 16] (mean, std)."""
    pictures = load_pictures(data)
    kept = []
    with torch.no_grad():
        for start in track(range(0, len(pictures), 32), "encoding pictures"):
            posterior = vae.encode(to_tensor(pictures[start : start + 32])).latent_dist
            both = torch.stack([posterior.mean, posterior.std], dim=1)
            kept.append((both * vae.config.scaling_factor).half().numpy())
    np.save(out / "latents.tmp.npy", np.concatenate(kept))
    (out / "latents.tmp.npy").replace(out / "latents.npy")
