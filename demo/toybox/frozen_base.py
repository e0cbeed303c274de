"""A base model held still, to measure how well a text explains a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, DDPMScheduler, UNet2DConditionModel
from PIL import Image, ImageOps
from torch import nn
from transformers import CLIPTextModel, CLIPTokenizer

from cluster.base import base_resolution, resolve_base
from cluster.concept_rows import RowsBesideTable
from cluster.draws import Draw
from cluster.embedding_file import EmbeddingFile
from cluster.errors import EmbeddingFileError
from cluster.evaluation import Denoiser
from cluster.latents import Posteriors

_BATCH = 64


@dataclass(frozen=True)
class FrozenBase:
    """Stable Diffusion's parts in fp32, without gradients."""

    tokenizer: CLIPTokenizer
    encoder: CLIPTextModel
    vae: AutoencoderKL
    denoiser: Denoiser
    side: int
    """Side in pixels of the pictures the base was trained on."""

    @classmethod
    def load(cls, folder: Path) -> "FrozenBase":
        """Load a diffusers folder, whatever precision it is kept in.

        Raises:
            BaseModelError: a part of it is missing.
        """
        base = resolve_base(str(folder))
        encoder = CLIPTextModel.from_pretrained(base, subfolder="text_encoder", dtype=torch.float32)
        unet = UNet2DConditionModel.from_pretrained(
            base, subfolder="unet", torch_dtype=torch.float32
        )
        vae = AutoencoderKL.from_pretrained(base, subfolder="vae", torch_dtype=torch.float32)
        for part in (encoder, unet, vae):
            part.requires_grad_(False).eval()
        unet.to(memory_format=torch.channels_last)
        scheduler = DDPMScheduler.from_pretrained(base, subfolder="scheduler")
        return cls(
            CLIPTokenizer.from_pretrained(base, subfolder="tokenizer"),
            encoder,
            vae,
            Denoiser(unet, scheduler),
            base_resolution(base),
        )

    @property
    def timesteps(self) -> int:
        """How many timesteps the noise schedule has."""
        count: int = self.denoiser.scheduler.config.num_train_timesteps
        return count

    def posteriors(self, pictures: Sequence[Image.Image]) -> Posteriors:
        """The pictures, cut square and scaled to the base's side, as scaled posteriors."""
        size = (self.side, self.side)
        fitted = [
            np.array(ImageOps.fit(p.convert("RGB"), size, Image.Resampling.LANCZOS))
            for p in pictures
        ]
        pixels = torch.from_numpy(np.stack(fitted)).permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.inference_mode():
            found = [self.vae.encode(part).latent_dist for part in pixels.split(_BATCH)]
        scale = self.vae.config.scaling_factor
        return Posteriors(
            torch.cat([f.mean for f in found]) * scale, torch.cat([f.std for f in found]) * scale
        )

    def states(self, prompts: Sequence[str]) -> torch.Tensor:
        """What the U-Net attends to, float32 [N, L, H]."""
        ids = self.tokenizer(
            list(prompts), padding="max_length", truncation=True, return_tensors="pt"
        ).input_ids
        with torch.inference_mode():
            return torch.cat([self.encoder(part).last_hidden_state for part in ids.split(_BATCH)])

    def errors(self, latents: torch.Tensor, draw: Draw, states: torch.Tensor) -> torch.Tensor:
        """Denoising losses of N samples, float32 [N], computed in batches.

        `latents` float32 [N, C, h, w]; `states` float32 [N, L, H].
        """
        parts = []
        with torch.inference_mode():
            for start in range(0, len(latents), _BATCH):
                part = slice(start, start + _BATCH)
                parts.append(self.denoiser.errors(latents[part], draw.part(part), states[part]))
        return torch.cat(parts)

    def learn(self, concept: EmbeddingFile) -> str:
        """Teach tokenizer and encoder a concept's rows; returns its name in prompts.

        Raises:
            EmbeddingFileError: the rows are of another width than this base's, or the base has
                the token already.
        """
        table: nn.Embedding = self.encoder.get_input_embeddings()
        if concept.rows.shape[1] != table.embedding_dim:
            raise EmbeddingFileError(
                "bad_embedding",
                f"{concept.token} was learned on another base: its rows are "
                f"{concept.rows.shape[1]} wide, this base's {table.embedding_dim}.",
                "Name the base it was trained on.",
            )
        count = len(concept.rows)
        tokens = [concept.token, *(f"{concept.token}_{k}" for k in range(1, count))]
        if self.tokenizer.add_tokens(tokens) != count:
            raise EmbeddingFileError(
                "token_taken", f"This base has a token {concept.token} already."
            )
        rows = nn.Parameter(torch.from_numpy(concept.rows), requires_grad=False)
        self.encoder.set_input_embeddings(RowsBesideTable(table, rows))
        return " ".join(tokens)
