"""The base with a learned concept in it, as a folder that diffusers loads without more ado."""

import json
import os
import shutil
from pathlib import Path

from cluster.embedding_file import EmbeddingFile, read_embedding
from cluster.errors import BaseModelError
from cluster.run_dir import RunDir
from cluster.spec import tokens_of

_CHANGED = ("tokenizer", "text_encoder")
"""Parts that have to know the concept."""


def ensure_pipeline(run: RunDir) -> None:
    """Write the pipeline of a run that has its embedding, unless it is there.

    Rank 0 does so; and whoever watches once more, where rank 0's folder was not this one.

    Raises:
        BaseModelError: the base is no pipeline of Stable Diffusion.
        EmbeddingFileError: the run's embedding cannot be read.
        OSError: a file cannot be read or written.
    """
    if not run.pipeline.exists():
        write_full_pipeline(Path(run.spec().base), read_embedding(run.embedding), run.pipeline)


def write_full_pipeline(base: Path, concept: EmbeddingFile, folder: Path) -> None:
    """Write `base` with the concept's tokens and rows in it to `folder`, whole or not at all.

    The text encoder is written in float32. Files of other parts are hard links to the base's
    where the file system allows, else copies. `folder` must not exist.

    Raises:
        BaseModelError: the base is no pipeline of Stable Diffusion, or has other rows, or such
            a token already.
        OSError: a file cannot be read or written.
    """
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        parts = _write_index(base, temporary)
        for part in parts:
            if part not in _CHANGED:
                _link_part(base / part, temporary / part)
        _write_text_parts(base, concept, temporary)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_index(base: Path, out: Path) -> tuple[str, ...]:
    """Write model_index.json without parts that the base's folder lacks; return those it has."""
    index = json.loads((base / "model_index.json").read_text())
    named = [name for name, value in index.items() if isinstance(value, list) and value[0]]
    there = tuple(name for name in named if (base / name).is_dir())
    # Base models are often kept without the safety checker.
    for name in set(named) - set(there):
        index[name] = [None, None]
        if name == "safety_checker":
            index["requires_safety_checker"] = False
    if lacking := set(_CHANGED) - set(there):
        raise _unfit(base, f"has no {min(lacking)}")
    (out / "model_index.json").write_text(json.dumps(index, indent=2))
    return there


def _link_part(source: Path, target: Path) -> None:
    target.mkdir()
    files = [path for path in sorted(source.iterdir()) if path.is_file()]
    safe = any(path.suffix == ".safetensors" for path in files)
    for path in files:
        variant = ".fp16." in path.name or "non_ema" in path.name
        if variant or (safe and path.suffix == ".bin"):
            continue
        try:
            # What the Hub's cache holds are links to its files.
            os.link(path.resolve(), target / path.name)
        except OSError:
            shutil.copyfile(path, target / path.name)


def _write_text_parts(base: Path, concept: EmbeddingFile, out: Path) -> None:
    import torch  # the bot imports this module, and mostly does without
    from transformers import CLIPTextModel, CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(base, subfolder="tokenizer")
    encoder = CLIPTextModel.from_pretrained(base, subfolder="text_encoder", dtype=torch.float32)
    rows = torch.from_numpy(concept.rows)
    tokens = list(tokens_of(concept.token, len(rows)))
    if any(name in tokenizer.get_vocab() for name in tokens):
        raise _unfit(base, f"has a token {concept.token} already")
    tokenizer.add_tokens(tokens)
    size = max(encoder.get_input_embeddings().num_embeddings, len(tokenizer))
    # The new rows' values come from the concept, not from the table's mean.
    table = encoder.resize_token_embeddings(size, mean_resizing=False).weight
    if table.shape[1] != rows.shape[1]:
        raise _unfit(base, f"has rows of {table.shape[1]} numbers, the concept of {rows.shape[1]}")
    with torch.no_grad():
        table[tokenizer.convert_tokens_to_ids(tokens)] = rows
    tokenizer.save_pretrained(out / "tokenizer")
    encoder.save_pretrained(out / "text_encoder")


def _unfit(base: Path, why: str) -> BaseModelError:
    return BaseModelError("base_model", f"The base model in {base} {why}.")
