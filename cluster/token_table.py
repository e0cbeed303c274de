"""The token table of a base model: how wide its rows are, and how long they usually are."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from cluster.errors import BaseModelError

_NAME = "token_embedding.weight"
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class TokenTable:
    """What an embedding has to fit. `hidden` is the width of a row, `usual_norm` the median."""

    hidden: int
    usual_norm: float


def read_token_table(folder: Path) -> TokenTable:
    """Measure the table of the base model in `folder`, a part at a time.

    Raises:
        BaseModelError: it has none, or one that cannot be read.
    """
    try:
        config = json.loads((folder / "text_encoder" / "config.json").read_text("utf-8"))
        hidden = int(config["hidden_size"])
        norms = _norms(folder / "text_encoder", hidden)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise BaseModelError(
            "base_model",
            f"The token table of the base model in {folder} cannot be read.",
            "Copy the base model anew, in diffusers format.",
        ) from error
    return TokenTable(hidden, float(np.median(norms)))


def _norms(folder: Path, hidden: int) -> NDArray[np.float32]:
    """The length of every row, float32 [V]."""
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="numpy") as file:
            for name in file.keys():  # noqa: SIM118 - the file is no dictionary
                if name.endswith(_NAME):
                    return _norms_of(path, name, hidden)
    raise ValueError(f"no {_NAME}")


def _norms_of(path: Path, name: str, hidden: int) -> NDArray[np.float32]:
    with safe_open(path, framework="numpy") as file:
        half = file.get_slice(name).get_dtype() == "BF16"
    # numpy has no bfloat16.
    with safe_open(path, framework="pt" if half else "numpy") as file:
        table = file.get_slice(name)
        rows, width = table.get_shape()
        if width != hidden or rows == 0:
            raise ValueError(f"a table of {rows} rows of {width}")
        found = []
        for start in range(0, rows, _ROWS_AT_ONCE):
            part = table[start : min(start + _ROWS_AT_ONCE, rows)]
            part = part.float().numpy() if half else part.astype(np.float32)
            found.append(np.linalg.norm(part, axis=1))
    return np.concatenate(found)
