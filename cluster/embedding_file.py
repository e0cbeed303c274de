"""A learned concept as a file: a few kilobytes that diffusers and others read too."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from cluster.errors import EmbeddingFileError
from cluster.placeholder import parse_placeholder
from cluster.run_dir import write_atomically

_LARGEST_FILE = 4 * 1024 * 1024
_MOST_ROWS = 64


@dataclass(frozen=True)
class EmbeddingFile:
    """`rows` is float32 [n, hidden]; one row a vector of the concept."""

    token: str
    rows: NDArray[np.float32]
    metadata: dict[str, str] = field(default_factory=dict)


def _refuse(path: Path, why: str) -> EmbeddingFileError:
    return EmbeddingFileError(
        "bad_embedding",
        f"{path.name} {why}.",
        "A learned_embeds.safetensors with one placeholder token is needed.",
    )


def read_embedding(path: Path) -> EmbeddingFile:
    """Read a textual-inversion file in diffusers' format: one token to [hidden] or [n, hidden].

    Raises:
        EmbeddingFileError: it is missing, of another format, or holds what no concept can be.
    """
    if not path.is_file():
        raise _refuse(path, "is not there")
    if path.stat().st_size > _LARGEST_FILE:
        raise _refuse(path, "is too large to be a concept")
    try:
        with safe_open(os.fspath(path), framework="numpy") as file:
            names = list(file.keys())
            metadata = dict(file.metadata() or {})
            if len(names) != 1:
                raise _refuse(path, f"holds {len(names)} tensors instead of one")
            rows = np.atleast_2d(file.get_tensor(names[0]).astype(np.float32))
    except (SafetensorError, OSError, TypeError, ValueError) as error:
        raise _refuse(path, "is not a safetensors file") from error
    if rows.ndim != 2 or not 1 <= rows.shape[0] <= _MOST_ROWS:
        raise _refuse(path, f"has an embedding of shape {list(rows.shape)}")
    if not np.isfinite(rows).all():
        raise _refuse(path, "has numbers that are not finite")
    return EmbeddingFile(parse_placeholder(names[0]), rows, metadata)


def write_embedding(path: Path, concept: EmbeddingFile) -> None:
    """Write atomically in the format of diffusers' `load_textual_inversion`, [n, hidden]."""
    rows = np.ascontiguousarray(concept.rows, dtype=np.float32)
    write_atomically(path, save({concept.token: rows}, metadata=concept.metadata or None))
