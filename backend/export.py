"""Makes OpenVINO graphs of a base model, once, and keeps them."""

import json
import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import structlog
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from backend.file_lock import only_one
from backend.loading import why_not_loaded
from backend.plain_pipeline import load_plain_pipeline

_log = structlog.get_logger(__name__)

_FORMAT = 5
"""Grows when graphs exported earlier can no longer be used."""


def export_folder(base_hash: str, cache: Path) -> Path:
    """Return where in `cache` the graphs of a base model are, or would be."""
    return cache / f"{base_hash}-{_FORMAT}"


def int8_folder(folder: Path) -> Path:
    """Return where the U-Net in INT8 is, or would be, that belongs to the graphs in `folder`."""
    return folder.with_name(f"{folder.name}-int8")


def exported(base: Path, base_hash: str, cache: Path) -> Path:
    """Return the folder with the graphs of the base model in `base`; make it if need be.

    It holds `text_encoder`, `unet` and `vae_decoder`, each with `openvino_model.xml`, float32,
    dynamic in batch and picture size. Processes that ask at the same time wait for the first;
    what an interrupted export leaves behind is removed by the next. Needs no network, and reads
    no pickle. A safety checker that the base may have is left out: see `backend/safety.py`.

    Raises BackendError (base_model).
    """
    folder = export_folder(base_hash, cache)
    temporary = cache / f"{folder.name}.part"
    try:
        if folder.is_dir():
            return folder
        with only_one(cache / f"{folder.name}.lock"):
            if folder.is_dir():
                return folder
            shutil.rmtree(temporary, ignore_errors=True)
            _log.info("export_started", base=str(base), folder=str(folder))
            with quiet_export():
                _export(base, temporary)
            os.replace(temporary, folder)
            _log.info("export_ended", folder=str(folder))
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError) as error:
        # Whatever optimum and torch raise over a folder that is no Stable Diffusion.
        _log.exception("export_failed", base=str(base))
        shutil.rmtree(temporary, ignore_errors=True)
        raise why_not_loaded(str(base), cache, error) from error
    return folder


def _export(base: Path, folder: Path) -> None:
    import openvino as ov
    from optimum.exporters.openvino import export_from_model
    from optimum.intel import OVConfig

    from backend.engine_gates import make_gates_apart
    from backend.engine_graph import (
        add_concept_rows,
        take_fractional_timesteps,
        take_prompts_of_any_length,
    )
    from backend.engine_guidance import share_until_prompts_differ
    from backend.engine_upsampling import double_by_transposed_convolution

    pipeline = load_plain_pipeline(base)
    original = folder / "original"
    export_from_model(
        pipeline,
        output=original,
        task="text-to-image",
        ov_config=OVConfig(dtype="fp32"),
    )
    del pipeline
    config = json.loads((base / "text_encoder" / "config.json").read_text("utf-8"))
    core = ov.Core()
    for part in ("text_encoder", "unet", "vae_decoder"):
        graph = core.read_model(original / part / "openvino_model.xml")
        if part == "text_encoder":
            add_concept_rows(graph, config["vocab_size"], config["hidden_size"])
        if part == "unet":
            take_fractional_timesteps(graph)
            take_prompts_of_any_length(graph)
            make_gates_apart(graph)
            share_until_prompts_differ(graph)
        if part != "text_encoder":
            double_by_transposed_convolution(graph)
        (folder / part).mkdir()
        ov.save_model(graph, folder / part / "openvino_model.xml", compress_to_fp16=False)
        del graph
        shutil.rmtree(original / part)
    shutil.rmtree(original)


@contextmanager
def quiet_export() -> Iterator[None]:
    """Silence what the export is known to warn of and nobody can act on, and bars of a moment."""
    from torch.jit import TracerWarning  # type: ignore[attr-defined]

    with ExitStack() as bars, warnings.catch_warnings():
        for library in (diffusers_logging, transformers_logging):
            if library.is_progress_bar_enabled():
                library.disable_progress_bar()
                bars.callback(library.enable_progress_bar)
        # Shapes that the exported graph treats as fixed are fixed in these models.
        warnings.simplefilter("ignore", TracerWarning)
        # optimum exports by way of TorchScript.
        warnings.filterwarnings("ignore", r"`torch\.jit\.", DeprecationWarning)
        # transformers builds CLIP's tokenizer in a way that tokenizers calls outdated.
        warnings.filterwarnings("ignore", "Deprecated in 0.9.0: BPE", DeprecationWarning)
        yield
