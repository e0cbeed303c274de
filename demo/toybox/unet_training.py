"""Last stage: the U-Net, with the text encoder following slowly."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from demo.toybox.architecture import build_unet, drawing_scheduler, training_scheduler
from demo.toybox.dataset import load_captions
from demo.toybox.pacing import Pace, fast_arithmetic, rate, save_state
from demo.toybox.text_training import token_ids

_BATCH = 32
_LEARNING_RATE = 8e-4
_TEXT_SHARE = 0.2
_EMA = 0.998
_NO_CAPTION = 0.1
_MIN_SNR = 5.0
# The words settle early; from here on their vectors are computed once and kept.
_TEXT_UNTIL = 0.45
_SNAPSHOT_STEPS = 250


@dataclass
class Parts:
    """The trained modules, and their running averages."""

    unet: UNet2DConditionModel
    text: CLIPTextModel
    average: dict[str, torch.Tensor]

    def named(self) -> dict[str, torch.Tensor]:
        """Every parameter by name, both modules."""
        return {
            **{f"unet.{n}": p for n, p in self.unet.named_parameters()},
            **{f"text.{n}": p for n, p in self.text.named_parameters()},
        }

    def follow(self, step: int) -> None:
        """Move the averages (with the usual short memory at the start)."""
        decay = min(_EMA, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, parameter in self.named().items():
                self.average[name].lerp_(parameter, 1 - decay)


def snr_weight(alphas: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
    """Min-SNR-5 weights for noise prediction (arXiv 2303.09556), float32 [B]."""
    snr = alphas[timesteps] / (1 - alphas[timesteps])
    return snr.clamp(max=_MIN_SNR) / snr


def stratified_timesteps(generator: torch.Generator) -> torch.Tensor:
    """One timestep from each of `_BATCH` equal slices of 0..999, int64 [B]."""
    within = torch.rand(_BATCH, generator=generator)
    return ((torch.arange(_BATCH) + within) * (1000 / _BATCH)).long().clamp(max=999)


def save_pipeline(parts: Parts, vae: AutoencoderKL, tokenizer: CLIPTokenizer, folder: Path) -> None:
    """The averaged weights as a stock fp16 Stable Diffusion folder."""
    unet, text = build_unet(), CLIPTextModel(parts.text.config)
    for name, value in parts.average.items():
        module = unet if name.startswith("unet.") else text
        module.get_parameter(name.split(".", 1)[1]).data.copy_(value)
    pipeline = StableDiffusionPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=drawing_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    # Where it was read from while it was trained is nobody's business.
    vae.register_to_config(_name_or_path="")
    half = pipeline.to(torch.float16)
    temporary = folder.with_name(folder.name + ".new")
    half.save_pretrained(temporary)
    # transformers 5 leaves CLIP's own two files out; they are what Figment reads the words from.
    tokenizer.backend_tokenizer.model.save(str(temporary / "tokenizer"))
    vae.float()
    old = folder.with_name(folder.name + ".old")
    if folder.exists():
        folder.rename(old)
    temporary.rename(folder)
    for path in sorted(old.rglob("*"), reverse=True) if old.exists() else []:
        path.rmdir() if path.is_dir() else path.unlink()
    if old.exists():
        old.rmdir()


def _resume(path: Path, parts: Parts, optimizer: torch.optim.Optimizer, pace: Pace) -> None:
    if not path.exists():
        return
    state: dict[str, Any] = torch.load(path, weights_only=True)
    parts.unet.load_state_dict(state["unet"])
    parts.text.load_state_dict(state["text"])
    parts.average.update(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    pace.spent, pace.step = state["spent"], state["step"]


def train_unet(
    tokenizer: CLIPTokenizer, vae: AutoencoderKL, data: Path, out: Path, seconds: float
) -> None:
    """Train for `seconds` in all and keep `out/pipeline` as the newest snapshot."""
    latents = np.load(out / "latents.npy", mmap_mode="r")
    captions = load_captions(data)
    text = CLIPTextModel.from_pretrained(out / "text_encoder", torch_dtype=torch.float32)
    torch.manual_seed(2)
    unet = build_unet()
    parts = Parts(unet, text, {})
    parts.average = {name: p.detach().clone() for name, p in parts.named().items()}
    groups = [
        {"params": list(unet.parameters()), "share": 1.0},
        {"params": list(text.parameters()), "share": _TEXT_SHARE},
    ]
    optimizer = torch.optim.AdamW(groups, lr=_LEARNING_RATE, weight_decay=0.01)
    pace = Pace("U-Net", seconds)
    state_file = out / "unet.state"
    _resume(state_file, parts, optimizer, pace)
    generator = torch.Generator().manual_seed(3 + pace.step)
    rng, wording = np.random.default_rng(pace.step), Random(pace.step)  # noqa: S311
    alphas = training_scheduler().alphas_cumprod
    scheduler = training_scheduler()
    kept: dict[str, torch.Tensor] = {}

    def words(texts: list[str], frozen: bool) -> torch.Tensor:
        if not frozen:
            state: torch.Tensor = text(token_ids(tokenizer, texts)).last_hidden_state
            return state
        missing = sorted({t for t in texts if t not in kept})
        if missing:
            with torch.no_grad():
                for one, state in zip(
                    missing, text(token_ids(tokenizer, missing)).last_hidden_state, strict=True
                ):
                    kept[one] = state.half()
        # Widened first: autocast cannot stack half precision on a CPU.
        return torch.stack([kept[t].float() for t in texts])

    def save() -> None:
        save_pipeline(parts, vae, tokenizer, out / "pipeline")
        state = {
            "unet": unet.state_dict(),
            "text": text.state_dict(),
            "average": parts.average,
            "optimizer": optimizer.state_dict(),
            "spent": pace.total,
            "step": pace.step,
        }
        save_state(state_file, state)
        log = {"step": pace.step, "loss": pace.loss, "seconds": round(pace.total)}
        with (out / "unet.jsonl").open("a") as file:
            file.write(json.dumps(log) + "\n")

    for step in pace.steps():
        frozen = pace.share > _TEXT_UNTIL
        for group in optimizer.param_groups:
            group["lr"] = _LEARNING_RATE * group["share"] * rate(pace.share)
        chosen = rng.integers(0, len(captions), _BATCH)
        texts = [
            "" if wording.random() < _NO_CAPTION else wording.choice(captions[i]) for i in chosen
        ]
        both = torch.from_numpy(latents[chosen].astype(np.float32))
        clean = both[:, 0] + both[:, 1] * torch.randn(both[:, 1].shape, generator=generator)
        noise = torch.randn(clean.shape, generator=generator)
        timesteps = stratified_timesteps(generator)
        noisy = scheduler.add_noise(clean, noise, timesteps)
        with fast_arithmetic():
            guess = unet(noisy, timesteps, words(texts, frozen)).sample
        errors = functional.mse_loss(guess.float(), noise, reduction="none").mean((1, 2, 3))
        loss = (errors * snr_weight(alphas, timesteps)).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
        parts.follow(pace.step)
        pace.note(errors.mean().item())
        if step % _SNAPSHOT_STEPS == _SNAPSHOT_STEPS - 1:
            save()
    save()
