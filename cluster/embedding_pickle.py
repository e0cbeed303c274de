"""Embeddings that torch.save wrote: read without running anything that is in them.

Such a file is a zip archive with a pickle in it, and a pickle can name any function to be called.
Three things stand before that. The pickle is looked through first, instruction by instruction,
and may name nothing but what tensors are made of. Then the archive is packed anew from the parts
that were looked at, so that torch reads nothing else. Then torch reads it with weights_only,
which knows no other names either.
"""

import io
import pickletools
import re
import zipfile
from typing import Any

import numpy as np

from cluster.embedding_file import LARGEST_FILE, refusal, shown
from cluster.errors import EmbeddingFileError

_ARCHIVE_BEGINS = b"PK\x03\x04"
_PICKLE_BEGINS = b"\x80"

_SAFE_NAMES = re.compile(
    r"collections OrderedDict"
    r"|torch\._utils _rebuild_(tensor_v2|parameter)"
    r"|torch (Float|Half|Double|BFloat16|Long|Int)Storage"
)
_EARLY_NAMES = frozenset({"torch.nn.modules.container ParameterDict", "__builtin__ set"})
# What torch.save writes for dictionaries of tensors, texts and numbers.
_SAFE_INSTRUCTIONS = frozenset(
    {
        *("PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "BINPERSID"),
        *("NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
        *("BINUNICODE", "EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE", "SETITEM", "SETITEMS"),
        *("APPEND", "APPENDS", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"),
        *("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET"),
    }
)
_OF_OBJECTS = frozenset({"BUILD", "NEWOBJ"})
"""Harmless where every name is safe; whole models are written with them."""
_PARTS = re.compile(r"data\.pkl|version|byteorder|data/\d{1,9}")
_SAFE_TORCH = "2.10"
"""Earlier ones can be made to write past their memory even with weights_only (CVE-2026-24747)."""


def is_torch_file(data: bytes) -> bool:
    """Whether it begins like something that torch.save or pickle wrote.

    A safetensors file may begin with the same byte as a pickle; its ninth tells it apart.
    """
    return data.startswith((_ARCHIVE_BEGINS, _PICKLE_BEGINS)) and data[8:9] != b"{"


def read_torch_file(name: str, data: bytes) -> dict[str, Any]:
    """What torch.save wrote: a dictionary whose tensors of floats have become float32 arrays.

    Dictionaries in it, texts and numbers are kept, everything else has become None. Loads torch.

    Raises:
        EmbeddingFileError: it is no such file, or damaged, or names anything that no embedding
            is made of.
    """
    if not data.startswith(_ARCHIVE_BEGINS):
        _check_pickle(name, data)
        raise refusal(
            name,
            "is a bare pickle, as PyTorch wrote them before 1.6",
            "Where you trust it, load it and save it anew, best as a safetensors file.",
        )
    parts = _read_parts(name, data)
    _check_pickle(name, parts["data.pkl"])
    content = _load(name, _packed(parts))
    if not isinstance(content, dict):
        raise refusal(name, "holds no named tensors")
    return {key: _plain(value) for key, value in content.items() if isinstance(key, str)}


def _unsafe(name: str, why: str) -> EmbeddingFileError:
    return EmbeddingFileError(
        "unsafe_embedding",
        f"{shown(name)} {why}.",
        "Nothing of it has run; ask for a safetensors file, which holds nothing but numbers.",
        facts={"file": shown(name)},
    )


def _read_parts(name: str, data: bytes) -> dict[str, bytes]:
    """The parts of the archive that matter, by their name without the common folder."""
    parts = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST_FILE:
                raise refusal(name, "unpacks to more than any embedding")
            for entry in entries:
                _, _, part = entry.filename.partition("/")
                if part in parts:
                    raise refusal(name, f"holds {shown(part)} twice")
                if _PARTS.fullmatch(part):
                    parts[part] = archive.read(entry)
    except EmbeddingFileError:
        raise
    except Exception as error:
        # Files of others in unknown states: zipfile raises many things over them.
        raise refusal(name, "is a damaged archive") from error
    if not {"data.pkl", "version"} <= parts.keys():
        raise refusal(name, "is an archive, but not one that torch.save wrote")
    return parts


def _check_pickle(name: str, pickle: bytes) -> None:
    """Refuse a pickle that names or does what no embedding needs. Nothing of it is carried out."""
    named, instructions = set(), set()
    try:
        for instruction, argument, _ in pickletools.genops(pickle):
            instructions.add(instruction.name)
            if instruction.name == "GLOBAL":
                named.add(str(argument))
    except Exception as error:
        # pickletools raises many things over bytes that are no pickle.
        raise refusal(name, "has a damaged pickle in it") from error
    strange = {one for one in named if not _SAFE_NAMES.fullmatch(one)}
    if code := strange - _EARLY_NAMES:
        wanted = ", ".join(shown(one.replace(" ", ".")) for one in sorted(code)[:3])
        raise _unsafe(name, f"has code in it that would call {wanted}")
    if strange:
        raise refusal(
            name,
            "was written by an early textual-inversion script, as a class of torch "
            "(ParameterDict) instead of plain tensors",
            "Where you trust it, load it in AUTOMATIC1111 and save it anew.",
        )
    odd = instructions - _SAFE_INSTRUCTIONS
    if odd and odd <= _OF_OBJECTS:
        raise refusal(name, "holds something else than a plain dictionary of tensors")
    if odd:
        raise _unsafe(name, f"has a pickle that does more than hold tensors ({min(odd)})")


def _packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for part, content in parts.items():
            archive.writestr(f"archive/{part}", content)
    return buffer.getvalue()


def _load(name: str, data: bytes) -> object:
    import torch

    if torch.__version__ < _SAFE_TORCH:
        raise refusal(
            name,
            f"is a pickle, and PyTorch {torch.__version__} does not read these safely",
            "Import it with PyTorch 2.10 or later, or ask for a safetensors file.",
        )
    try:
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:
        # torch raises many things over pickles that it cannot follow.
        raise refusal(name, "cannot be read as tensors") from error


def _plain(value: object, depth: int = 0) -> object:
    import torch

    if isinstance(value, torch.Tensor):
        small = value.layout is torch.strided and value.numel() * 4 <= LARGEST_FILE
        if not small or not value.is_floating_point():
            return None
        rows: np.ndarray = value.detach().float().contiguous().numpy()
        return rows
    if isinstance(value, dict) and depth < 1:
        return {key: _plain(one, depth + 1) for key, one in value.items() if isinstance(key, str)}
    return value if isinstance(value, str | int | float) else None
