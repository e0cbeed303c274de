"""A base model folder that has everything but a model: configs, a vocabulary, a token table."""

import json
import string
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

PAPER_HIDDEN = 8
"""Width of its token table's rows."""
PAPER_NORM = 0.5
"""Length of each of them."""
PAPER_SIDE = 64
"""Side in pixels of the pictures that the paper base claims to draw."""
WORDS = ("toy", "robot", "dog", "cat", "a", "the", "beach", "yellow", "hat", "style")
"""Words that are one token each; any other word is several."""


def make_paper_base(folder: Path) -> Path:
    """Write the folder and return it. No torch is needed for it."""
    pieces = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    vocabulary = [*pieces, *(f"{piece}</w>" for piece in pieces)]
    merges: list[str] = []
    for word in WORDS:
        for end in range(1, len(word)):
            right = f"{word[end]}</w>" if end == len(word) - 1 else word[end]
            merges.append(f"{word[:end]} {right}")
    for merge in merges:
        vocabulary.append(merge.replace(" ", ""))
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    ids = {piece: number for number, piece in enumerate(dict.fromkeys(vocabulary))}
    files = {
        "model_index.json": {"_class_name": "StableDiffusionPipeline"},
        "tokenizer/vocab.json": ids,
        "text_encoder/config.json": {"hidden_size": PAPER_HIDDEN},
        "unet/config.json": {"sample_size": PAPER_SIDE // 8},
        "vae/config.json": {"block_out_channels": [8, 8, 8, 8]},
        "scheduler/scheduler_config.json": {"num_train_timesteps": 1000},
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    (folder / "tokenizer" / "merges.txt").write_text(
        "\n".join(["#version: 0.2", *dict.fromkeys(merges)]) + "\n"
    )
    table = np.full((len(ids), PAPER_HIDDEN), PAPER_NORM / PAPER_HIDDEN**0.5, np.float32)
    (folder / "text_encoder").mkdir(exist_ok=True)
    save_file(
        {"text_model.embeddings.token_embedding.weight": table},
        folder / "text_encoder" / "model.safetensors",
    )
    for part in ("unet", "vae"):
        save_file({"nothing": np.zeros(1, np.float32)}, folder / part / "model.safetensors")
    return folder
