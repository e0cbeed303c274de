"""Finds the CLIP model that drawn pictures are scored with. Loads no weights."""

import json
from pathlib import Path

from cluster.errors import BaseModelError
from cluster.hub import NOT_TO_BE_HAD, downloaded
from cluster.settings import ClusterSettings

_KIND = "clip"
_PARTS = {
    "weights in safetensors": ("model.safetensors", "model.safetensors.index.json"),
    "preprocessor_config.json": ("preprocessor_config.json", "processor_config.json"),
    "tokenizer": ("tokenizer.json", "vocab.json"),
}
"""Each may lie in one of several files."""


def with_clip(settings: ClusterSettings) -> ClusterSettings:
    """The settings with the folder of their CLIP model in place of its name, if it is used.

    Ranks have another working folder, and may not download.

    Raises:
        BaseModelError: it cannot be found, or is no CLIP model.
    """
    if not (settings.score and settings.clip):
        return settings
    return settings.model_copy(update={"clip": str(find_clip(settings.clip))})


def find_clip(name: str) -> Path:
    """The folder of the CLIP model `name`, a folder or a Hub id, which is downloaded.

    Raises:
        BaseModelError: it cannot be found, is no CLIP model, or lacks a part.
    """
    folder = Path(name).expanduser().absolute()
    if not folder.is_dir():
        folder = _download(name)
    try:
        kind = json.loads((folder / "config.json").read_text("utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError) as error:
        raise _refused(name, f"Its config.json cannot be read: {str(error)[:150]}.") from error
    if kind != _KIND:
        raise _refused(name, f"Its config.json says that it is of type '{kind}'.")
    for part, files in _PARTS.items():
        if not any((folder / file).is_file() for file in files):
            raise _refused(name, f"It has no {part}.")
    return folder.resolve()


def _download(name: str) -> Path:
    try:
        return downloaded(name, ("*.json", "*.txt", "model*.safetensors"), ("*.fp16.*",))
    except NOT_TO_BE_HAD as error:
        raise _refused(name, "It is neither a folder here nor to be had from the Hub.") from error


def _refused(name: str, why: str) -> BaseModelError:
    return BaseModelError(
        "clip_model",
        f"The CLIP model '{name}' cannot be used. {why}",
        "Set FIGMENT_CLIP to a folder or Hub id in transformers' format, with model.safetensors, "
        "or leave it out; `figment cluster setup` copies it to the hosts.",
    )
