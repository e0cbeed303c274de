"""A learned concept as a file: a few kilobytes that diffusers and others read too."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from cluster.errors import EmbeddingFileError, PlaceholderError
from cluster.placeholder import parse_placeholder
from cluster.run_dir import write_atomically
from cluster.told import NO_FACTS, Facts

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes. The most rows of the widest base, in float32, are a tenth of it."""
MOST_ROWS = 64
"""A prompt has 75 tokens; a concept must leave it some."""
_FLOATS = {"F64": np.float64, "F32": np.float32, "F16": np.float16}
_HINT = "A file with one learned embedding is needed, such as a learned_embeds.safetensors."


@dataclass(frozen=True)
class EmbeddingFile:
    """`rows` is float32 [n, hidden]; one row a vector of the concept."""

    token: str
    rows: NDArray[np.float32]
    metadata: dict[str, str] = field(default_factory=dict)


def refusal(
    name: str, why: str, hint: str = _HINT, *, case: str = "", facts: Facts = NO_FACTS
) -> EmbeddingFileError:
    """The error over a file that holds no embedding; `why` goes on after its name."""
    told = {"file": shown(name), **facts}
    return EmbeddingFileError("bad_embedding", f"{shown(name)} {why}.", hint, case=case, facts=told)


def shown(text: str) -> str:
    """A name out of a file, or of one, in a form that fits a sentence and any terminal."""
    text = text.encode("utf-8", "replace").decode()
    text = "".join(mark if mark.isprintable() else "?" for mark in text)
    return text if len(text) <= 80 else f"{text[:79]}…"


def read_small_file(path: Path) -> bytes:
    """The whole file.

    Raises:
        EmbeddingFileError: it is missing, unreadable, or larger than any embedding.
    """
    if not path.is_file():
        raise refusal(path.name, "is not there")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise refusal(path.name, f"cannot be read: {error.strerror or 'unknown'}") from error
    if len(data) > LARGEST_FILE:
        raise refusal(path.name, "is too large to be a concept", case="too-large")
    return data


def decode_safetensors(
    name: str, data: bytes
) -> tuple[dict[str, NDArray[np.floating[Any]]], dict[str, str]]:
    """Tensors and metadata of a safetensors file; bfloat16 comes as float32.

    Raises:
        EmbeddingFileError: it is no such file, or holds numbers that are not floating-point.
    """
    try:
        tensors = deserialize(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    except (SafetensorError, ValueError, TypeError) as error:
        raise refusal(name, "is not a safetensors file", case="no-safetensors") from error
    decoded = {}
    for key, tensor in tensors:
        kind, raw, shape = tensor["dtype"], tensor["data"], tensor["shape"]
        if kind == "BF16":
            # The upper half of a float32.
            values = (np.frombuffer(raw, np.uint16).astype(np.uint32) << 16).view(np.float32)
        elif kind in _FLOATS:
            values = np.frombuffer(raw, _FLOATS[kind])
        else:
            raise refusal(name, f"holds numbers of type {kind}, which no embedding is made of")
        decoded[key] = values.reshape(shape)
    return decoded, dict(header.get("__metadata__") or {})


def checked_rows(name: str, values: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """An embedding's rows, float32 [n, hidden], from floats [hidden] or [n, hidden].

    Raises:
        EmbeddingFileError: the shape is another, there are too many rows, or a number is not
            finite.
    """
    if values.ndim not in (1, 2) or values.size == 0:
        raise refusal(name, f"has an embedding of shape {list(values.shape)}")
    rows = np.atleast_2d(values)
    if len(rows) > MOST_ROWS:
        raise refusal(name, f"has {len(rows)} rows, and a concept at most {MOST_ROWS}")
    with np.errstate(over="ignore", invalid="ignore"):
        rows = np.ascontiguousarray(rows, np.float32)
    if not np.isfinite(rows).all():
        raise refusal(name, "has numbers that are not finite")
    return rows


def read_embedding(path: Path) -> EmbeddingFile:
    """Read a textual-inversion file in diffusers' format: one token to [hidden] or [n, hidden].

    Raises:
        EmbeddingFileError: it is missing, of another format, or holds what no concept can be.
    """
    tensors, metadata = decode_safetensors(path.name, read_small_file(path))
    if len(tensors) != 1:
        raise refusal(path.name, f"holds {len(tensors)} tensors instead of one")
    [(name, values)] = tensors.items()
    try:
        token = parse_placeholder(name)
    except PlaceholderError as error:
        raise refusal(path.name, f"calls its tensor '{shown(name)}', which is no token") from error
    return EmbeddingFile(token, checked_rows(path.name, values), metadata)


def write_embedding(path: Path, concept: EmbeddingFile) -> None:
    """Write atomically in the format of diffusers' `load_textual_inversion`, [n, hidden]."""
    rows = np.ascontiguousarray(concept.rows, dtype=np.float32)
    write_atomically(path, save({concept.token: rows}, metadata=concept.metadata or None))
