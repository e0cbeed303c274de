"""Second stage: warm the text encoder up, so that the U-Net meets words that mean something.

Captions and pictures are pulled together contrastively (CLIP, arXiv 2103.00020), against a small
convolutional network over the latents that is thrown away afterwards.
"""

from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from demo.toybox.architecture import HIDDEN, build_text_encoder
from demo.toybox.dataset import load_captions
from demo.toybox.pacing import Pace, rate

_BATCH = 96
_LEARNING_RATE = 6e-4


def token_ids(tokenizer: CLIPTokenizer, texts: list[str]) -> torch.Tensor:
    """Padded ids, int64 [B, 77], as Stable Diffusion feeds them."""
    ids: torch.Tensor = tokenizer(
        texts, padding="max_length", truncation=True, return_tensors="pt"
    ).input_ids
    return ids


def _picture_network() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(4, 64, 3, padding=1),
        nn.GELU(),
        nn.Conv2d(64, 128, 3, stride=2, padding=1),
        nn.GELU(),
        nn.Conv2d(128, 192, 3, stride=2, padding=1),
        nn.GELU(),
        nn.Flatten(),
        nn.Linear(192 * 16, HIDDEN),
    )


def warm_up_text(tokenizer: CLIPTokenizer, data: Path, out: Path, seconds: float) -> CLIPTextModel:
    """Train for `seconds` and save to `out/text_encoder`; short enough to begin again."""
    torch.manual_seed(1)
    rng, wording = np.random.default_rng(1), Random(1)  # noqa: S311 - reproducible draws
    latents = np.load(out / "latents.npy", mmap_mode="r")
    captions = load_captions(data)
    text, pictures = build_text_encoder(tokenizer), _picture_network()
    temperature = nn.Parameter(torch.tensor(2.5))
    parameters = [*text.parameters(), *pictures.parameters(), temperature]
    optimizer = torch.optim.AdamW(parameters, lr=_LEARNING_RATE, weight_decay=0.01)
    pace = Pace("words", seconds)
    for _ in pace.steps():
        for group in optimizer.param_groups:
            group["lr"] = _LEARNING_RATE * rate(pace.share)
        chosen = rng.integers(0, len(captions), _BATCH)
        ids = token_ids(tokenizer, [wording.choice(captions[i]) for i in chosen])
        # Short captions end early: the columns that hold only padding teach nothing here.
        ids = ids[:, : int((ids != tokenizer.pad_token_id).sum(1).max()) + 1]
        words = functional.normalize(text(ids).pooler_output, dim=-1)
        seen = torch.from_numpy(latents[chosen, 0].astype(np.float32))
        shown = functional.normalize(pictures(seen), dim=-1)
        scores = words @ shown.T * temperature.exp().clamp(max=100)
        target = torch.arange(_BATCH)
        loss = functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        pace.note(loss.item() / 2)
    text.save_pretrained(out / "text_encoder")
    return text
