"""A base model with LoRAs in its weights, such as LCM's or Hyper-SD's that need few steps."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import structlog
from safetensors import SafetensorError

from backend.errors import BackendError, ErrorCode
from backend.plain_pipeline import load_plain_pipeline

_log = structlog.get_logger(__name__)

_CHANGED = ("unet", "text_encoder")


def checked_loras(files: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files if they may be LoRAs; raises BackendError (bad_lora).

    Nothing but .safetensors is read: anything else may hold code.
    """
    for file in files:
        if file.suffix != ".safetensors" or not file.is_file():
            raise BackendError(
                ErrorCode.BAD_LORA,
                f"{file} is no .safetensors file.",
                "A LoRA is needed as one .safetensors file, in the format of diffusers or kohya.",
            )
    return tuple(files)


def fused_folder(bases: Path, base: Path, loras: Sequence[Path]) -> Path:
    """Return the folder in `bases` for `base` with `loras` in it."""
    return bases / "+".join([base.name, *(file.stem for file in loras)])


def fuse_loras(base: Path, loras: Sequence[Path], folder: Path) -> None:
    """Write the base model in `base` with `loras` added to its weights to `folder`, whole or not.

    U-Net and text encoder are written in float32; other files are hard links to the base's where
    the file system allows, else copies. `folder` must not exist. It is a base model of its own,
    with a hash of its own: concepts that were taught on `base` do not draw with it.

    Raises BackendError (bad_lora) where a file is no LoRA for this base or `folder` exists.
    """
    checked_loras(loras)
    if folder.exists():
        raise BackendError(
            ErrorCode.BAD_LORA, f"{folder} is there already.", "Name another with --out."
        )
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    try:
        _write(base, loras, temporary)
        os.replace(temporary, folder)
    except (
        OSError, ValueError, RuntimeError, KeyError, TypeError, IndexError, SafetensorError,
    ) as error:  # fmt: skip
        # What diffusers and peft raise over files of others has no common root.
        _log.exception("fusing_failed", base=str(base), loras=[str(file) for file in loras])
        raise BackendError(
            ErrorCode.BAD_LORA,
            f"{' and '.join(file.name for file in loras)} cannot be fused into {base}.",
            "It must be a LoRA for the same kind of base model, and there must be room on the "
            "disk; the log says more.",
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write(base: Path, loras: Sequence[Path], out: Path) -> None:
    from safetensors.torch import load_file

    pipeline = load_plain_pipeline(base)
    for file in loras:
        pipeline.load_lora_weights(load_file(file))
        if not any(getattr(getattr(pipeline, part), "peft_config", None) for part in _CHANGED):
            # diffusers only warns of a file in which it finds nothing.
            raise ValueError(f"{file} has no weights for this base model")
        pipeline.fuse_lora()
        # What is fused stays.
        pipeline.unload_lora_weights()
    shutil.copytree(
        base, out, copy_function=_link, ignore=shutil.ignore_patterns(*_CHANGED, "*.tmp")
    )
    for part in _CHANGED:
        getattr(pipeline, part).save_pretrained(out / part)


def _link(source: str, target: str) -> None:
    try:
        # What the Hub's cache holds are links to its files.
        os.link(os.path.realpath(source), target)
    except OSError:
        shutil.copyfile(source, target)
