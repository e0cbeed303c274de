"""Finds the small VAE that previews are drawn with, and tells whether it fits. Loads no weights."""

import json
from pathlib import Path
from typing import Any

from cluster.errors import BaseModelError
from cluster.hub import NOT_TO_BE_HAD, downloaded
from cluster.settings import ClusterSettings

_CLASS = "AutoencoderTiny"
_WEIGHTS = "diffusion_pytorch_model.safetensors"
_CHANNELS = 4
"""Of a latent, in configurations that do not say."""


def with_preview_vae(settings: ClusterSettings, base: Path) -> ClusterSettings:
    """The settings with the folder of their preview VAE in place of its name, if there is one.

    Raises:
        BaseModelError: it cannot be found, or does not fit the base model in `base`.
    """
    if not settings.preview_vae:
        return settings
    folder = find_preview_vae(settings.preview_vae, base)
    return settings.model_copy(update={"preview_vae": str(folder)})


def find_preview_vae(name: str, base: Path) -> Path:
    """The folder of the preview VAE `name`, a folder or a Hub id, which is downloaded.

    Raises:
        BaseModelError: it cannot be found, is no AutoencoderTiny in safetensors, or its latents are
            not those of the base model in `base`.
    """
    folder = Path(name).expanduser().absolute()
    if not folder.is_dir():
        folder = _download(name)
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
        kind = config.get("_class_name")
        if kind != _CLASS:
            raise _refused(name, f"Its config.json says that it is of class '{kind}'.")
        if not (folder / _WEIGHTS).is_file():
            raise _refused(name, f"It has no {_WEIGHTS}.")
        ours: dict[str, Any] = json.loads((base / "vae" / "config.json").read_text("utf-8"))
        _check_latents(name, config, ours)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused(name, f"Its config.json cannot be read: {str(error)[:150]}.") from error
    return folder.resolve()


def _download(name: str) -> Path:
    try:
        return downloaded(name, ("config.json", _WEIGHTS))
    except NOT_TO_BE_HAD as error:
        raise _refused(name, "It is neither a folder here nor to be had from the Hub.") from error


def _check_latents(name: str, tiny: dict[str, Any], base: dict[str, Any]) -> None:
    channels = (tiny.get("latent_channels", _CHANNELS), base.get("latent_channels", _CHANNELS))
    if channels[0] != channels[1]:
        raise _refused(
            name, f"Its latents have {channels[0]} channels, the base model's {channels[1]}."
        )
    grows = tiny.get("upsampling_scaling_factor", 2) ** (len(tiny["num_decoder_blocks"]) - 1)
    wanted = 2 ** (len(base["block_out_channels"]) - 1)
    if grows != wanted:
        raise _refused(
            name,
            f"Its pictures have {grows} times the side of a latent, the base model's {wanted}.",
        )


def _refused(name: str, why: str) -> BaseModelError:
    return BaseModelError(
        "preview_vae",
        f"The preview VAE '{name}' cannot be used. {why}",
        "Set FIGMENT_PREVIEW_VAE to a folder or Hub id of an AutoencoderTiny of the base model's "
        f"kind, with {_WEIGHTS}, or leave it out.",
    )
