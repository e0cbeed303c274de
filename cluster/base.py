"""Finds a base model and tells which one it is. Loads no weights."""

import contextlib
import hashlib
import json
import os
import tempfile
from functools import lru_cache
from pathlib import Path

from cluster.errors import BaseModelError
from cluster.hub import NOT_TO_BE_HAD, downloaded

_PARTS = (
    "model_index.json",
    "tokenizer/vocab.json",
    "tokenizer/merges.txt",
    "text_encoder/config.json",
    "unet/config.json",
    "vae/config.json",
    "scheduler/scheduler_config.json",
)
_WEIGHTS = ("text_encoder", "unet", "vae")


def _download(name: str) -> Path:
    try:
        return downloaded(
            name, ("*.json", "*.txt", "*.safetensors"), ("*non_ema*", "*.fp16.*", "v1-5*")
        )
    except NOT_TO_BE_HAD as error:
        raise BaseModelError(
            "base_model",
            f"The base model '{name}' is neither a folder here nor to be had from the Hub.",
            "Set FIGMENT_BASE to a folder in diffusers format.",
        ) from error


def resolve_base(base: str) -> Path:
    """The folder of a base model given as a folder or a Hub id.

    Raises:
        BaseModelError: it cannot be found, or a part of it is missing.
    """
    folder = Path(base).expanduser().absolute()
    if not folder.is_dir():
        folder = _download(base)
    missing = [part for part in _PARTS if not (folder / part).is_file()]
    missing += [
        f"{part}/*.safetensors"
        for part in _WEIGHTS
        if not any((folder / part).glob("*.safetensors"))
    ]
    if missing:
        raise BaseModelError(
            "base_model",
            f"The base model in {folder} lacks {', '.join(missing)}.",
            "A Stable Diffusion 1.x or 2.x folder in diffusers format with safetensors is needed.",
        )
    return folder.resolve()


@lru_cache(maxsize=256)
def _file_hash(path: Path, size: int, modified: int) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.digest()


def base_hash(folder: Path) -> str:
    """16 hex digits that name the model's files; remembered while they do not change.

    The safety checker is left out: pictures and concepts do not depend on it.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name.parts[0] == "safety_checker":
            continue
        if path.suffix in {".json", ".txt", ".safetensors"} and path.is_file():
            stat = path.stat()
            digest.update(name.as_posix().encode())
            digest.update(_file_hash(path, stat.st_size, stat.st_mtime_ns))
    return digest.hexdigest()[:16]


def remembered_hash(folder: Path) -> str:
    """Like `base_hash`, also remembered from one process to the next: it takes gigabytes."""
    stats = [
        (path.relative_to(folder).as_posix(), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    key = json.dumps([str(folder), stats])
    try:
        memory = _memory()
        known = json.loads(memory.read_text())
        if memory.stat().st_uid == os.getuid() and known["key"] == key:
            return str(known["hash"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    found = base_hash(folder)
    # Where there is no room, or somebody else's file, the next one hashes it again. In a folder of
    # our own, since in /tmp anybody may have put something at a name that can be guessed.
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(prefix="figment-") as own:
        fresh = Path(own, "base.json")
        fresh.write_text(json.dumps({"key": key, "hash": found}))
        fresh.replace(_memory())
    return found


def _memory() -> Path:
    return Path(tempfile.gettempdir()) / f"figment-{os.getuid()}-base.json"


def base_resolution(folder: Path) -> int:
    """Side in pixels of the pictures the base was trained on."""
    unet = json.loads((folder / "unet" / "config.json").read_text())
    vae = json.loads((folder / "vae" / "config.json").read_text())
    side: int = unet["sample_size"] * 2 ** (len(vae["block_out_channels"]) - 1)
    return side
