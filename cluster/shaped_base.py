"""A base model of the shape of Stable Diffusion 1.5 with random weights, to measure with."""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from tokenizers import pre_tokenizers
from transformers import CLIPTextConfig, CLIPTextModel

from cluster.run_dir import write_atomically

_VOCABULARY = 49408
_WORDS = ("a", "photo", "of", "the", "toy", "robot", "bench")
_SCHEDULER = {
    "_class_name": "DDPMScheduler",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
}
_INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "requires_safety_checker": False,
    "safety_checker": [None, None],
    "scheduler": ["diffusers", "DDPMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def _tokenizer_files() -> dict[str, str]:
    """A vocabulary as large as CLIP's in which a few words are one token each."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = [*letters, *(f"{letter}</w>" for letter in letters)]
    merges: list[str] = []
    for word in _WORDS:
        for end in range(1, len(word)):
            right = f"{word[end]}</w>" if end == len(word) - 1 else word[end]
            merges.append(f"{word[:end]} {right}")
            pieces.append(f"{word[:end]}{right}")
    pieces = list(dict.fromkeys(pieces))
    fill = [f"filler{k:05}" for k in range(_VOCABULARY - 2 - len(pieces))]
    pieces += [*fill, "<|startoftext|>", "<|endoftext|>"]
    ids = {piece: number for number, piece in enumerate(pieces)}
    special = {
        "bos_token": "<|startoftext|>",
        "eos_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>",
        "model_max_length": 77,
        "tokenizer_class": "CLIPTokenizer",
    }
    return {
        "vocab.json": json.dumps(ids),
        "merges.txt": "\n".join(["#version: 0.2", *dict.fromkeys(merges)]) + "\n",
        "tokenizer_config.json": json.dumps(special),
    }


def make_shaped_base(folder: Path, seed: int = 0) -> Path:
    """Write 2.2 GB in bfloat16 to `folder` and return it; the same seed gives the same weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        encoder = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=_VOCABULARY,
                hidden_size=768,
                intermediate_size=3072,
                projection_dim=768,
                num_hidden_layers=12,
                num_attention_heads=12,
                max_position_embeddings=77,
                bos_token_id=_VOCABULARY - 2,
                eos_token_id=_VOCABULARY - 1,
                pad_token_id=_VOCABULARY - 1,
            )
        )
        # As diffusers' config of Stable Diffusion 1.5 has it; what is left out is its default.
        unet = UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8)
        vae = AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            block_out_channels=(128, 256, 512, 512),
            layers_per_block=2,
            latent_channels=4,
            sample_size=512,
        )
    for name, part in (("text_encoder", encoder), ("unet", unet), ("vae", vae)):
        part.to(torch.bfloat16).save_pretrained(folder / name)
    for name, text in _tokenizer_files().items():
        write_atomically(folder / "tokenizer" / name, text.encode())
    scheduler = folder / "scheduler" / "scheduler_config.json"
    write_atomically(scheduler, json.dumps(_SCHEDULER, indent=2).encode())
    write_atomically(folder / "model_index.json", json.dumps(_INDEX, indent=2).encode())
    return folder
