"""Embeddings as other programs write them, recognised by what is in the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cluster.embedding_file import checked_rows, decode_safetensors, read_small_file, refusal
from cluster.embedding_pickle import is_torch_file, read_torch_file
from cluster.placeholder import derive_placeholder

_OTHER_ENCODERS = frozenset(
    {"clip_l", "clip_g", "t5xxl", "text_encoders_0", "text_encoders_1", "text_encoder_2"}
)
"""Names of tensors in embeddings of models with several text encoders."""
_TOLD_BY_AUTOMATIC1111 = ("name", "step", "sd_checkpoint", "sd_checkpoint_name")
_MOST_METADATA = 32
_LONGEST_METADATA = 256
_HINT = (
    "Embeddings of diffusers, AUTOMATIC1111 and kohya for Stable Diffusion 1.x and 2.x are taken."
)


class EmbeddingFormat(StrEnum):
    """Which program's way of writing it is."""

    DIFFUSERS = "diffusers"
    """One tensor, [hidden] or [n, hidden], named by its token."""
    AUTOMATIC1111 = "automatic1111"
    """A dictionary with `string_to_param`, which holds one tensor, [n, hidden]."""
    KOHYA = "kohya"
    """One tensor, [n, hidden], named `emb_params`; AUTOMATIC1111 converts into it, too."""


@dataclass(frozen=True)
class FoundEmbedding:
    """An embedding out of somebody's file. `rows` is float32 [n, hidden], finite.

    `name` is what the file itself calls it, in whatever form; empty if it does not say.
    """

    format: EmbeddingFormat
    name: str
    rows: NDArray[np.float32]
    metadata: dict[str, str] = field(default_factory=dict)


def read_any_embedding(path: Path) -> FoundEmbedding:
    """Read a file of any known format; which one it is, its content says and not its name.

    Nothing that is in the file is ever run. Loads torch for `.pt` and `.bin`.

    Raises:
        EmbeddingFileError: it is missing, damaged, of another format, unsafe, or holds what no
            concept can be.
    """
    data = read_small_file(path)
    if is_torch_file(data):
        return recognise(path.name, read_torch_file(path.name, data), {})
    tensors, metadata = decode_safetensors(path.name, data)
    return recognise(path.name, tensors, metadata)


def recognise(file: str, content: Mapping[str, Any], metadata: Mapping[str, str]) -> FoundEmbedding:
    """Which format named values are, and the embedding in them. `file` is for messages.

    Raises:
        EmbeddingFileError: they are of no known format.
    """
    kept = _kept(metadata)
    if "string_to_param" in content:
        params = content["string_to_param"]
        found = _arrays(params) if isinstance(params, dict) else {}
        if len(found) != 1 or len(params) != 1:
            raise refusal(file, "does not hold one embedding under string_to_param", _HINT)
        [values] = found.values()
        told = {key: content.get(key) for key in _TOLD_BY_AUTOMATIC1111}
        name = content.get("name")
        return FoundEmbedding(
            EmbeddingFormat.AUTOMATIC1111,
            name if isinstance(name, str) else "",
            checked_rows(file, values),
            _kept({key: str(one) for key, one in told.items() if isinstance(one, str | int)}),
        )
    if others := sorted(_OTHER_ENCODERS & content.keys()):
        raise refusal(
            file,
            f"is for a model with other text encoders ({', '.join(others)}), "
            "such as Stable Diffusion XL",
            _HINT,
            case="other-encoders",
            facts={"encoders": tuple(others)},
        )
    found = _arrays(content)
    if len(found) != 1 or len(content) != 1:
        raise refusal(
            file,
            f"holds {len(found)} embeddings instead of one",
            _HINT,
            case="several",
            facts={"number": len(found)},
        )
    [(name, values)] = found.items()
    if name == "emb_params":
        return FoundEmbedding(EmbeddingFormat.KOHYA, "", checked_rows(file, values), kept)
    return FoundEmbedding(EmbeddingFormat.DIFFUSERS, name, checked_rows(file, values), kept)


def token_of(found: FoundEmbedding, stem: str) -> str | None:
    """The token for an embedding that nobody named; `stem` is its file's name without ending.

    diffusers goes by the name in the file, AUTOMATIC1111 and kohya's programs by the file's own:
    the name that people know is tried first, then the other. None if neither is usable.
    """
    names = [found.name, stem]
    if found.format is not EmbeddingFormat.DIFFUSERS:
        names.reverse()
    return next((token for name in names if (token := derive_placeholder(name))), None)


def _arrays(content: Mapping[str, Any]) -> dict[str, NDArray[np.floating[Any]]]:
    return {key: value for key, value in content.items() if isinstance(value, np.ndarray)}


def _kept(metadata: Mapping[str, str]) -> dict[str, str]:
    """What of a file's own words is worth keeping: some training programs write pages of them."""
    short = {
        _whole(key): _whole(value)
        for key, value in metadata.items()
        if len(key) <= _LONGEST_METADATA and len(value) <= _LONGEST_METADATA
    }
    return dict(sorted(short.items())[:_MOST_METADATA])


def _whole(text: str) -> str:
    """Text without halves of characters, which a pickle may hold and no other file."""
    return text.encode("utf-8", "replace").decode()
