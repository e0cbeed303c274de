"""The VAE's encoder in OpenVINO: made when the first picture is begun from another one."""

import os
import shutil
import threading
import warnings
from pathlib import Path

import openvino as ov
import structlog

from backend.engine_graphs import CompiledGraph, Floats
from backend.errors import BackendError, ErrorCode
from backend.file_lock import only_one

_log = structlog.get_logger(__name__)

_FORMAT = 1
"""Grows when encoders exported earlier can no longer be used."""


class PictureEncoder:
    """Turns pictures into the mean and the variance of their latents, always in float32.

    Most requests never need it, so it is exported and compiled by the first that does (seconds),
    and kept exported beside the other graphs.
    """

    def __init__(self, base: Path, base_hash: str, cache: Path, threads: int = 0) -> None:
        self._base = base
        self._folder = cache / f"{base_hash}-vae_encoder-{_FORMAT}"
        self._threads = threads
        self._lock = threading.Lock()
        self._graph: CompiledGraph | None = None

    def __call__(self, pixels: Floats) -> Floats:
        """Return mean and log variance [1, 8, h, w] of a picture [1, 3, height, width] in -1..1.

        Raises BackendError (base_model).
        """
        with self._lock:
            if self._graph is None:
                self._graph = self._compiled()
            return self._graph.run([{"pixels": pixels}])[0]

    def _compiled(self) -> CompiledGraph:
        options: dict[str, str | int] = {"INFERENCE_PRECISION_HINT": "f32"}
        if self._threads:
            options["INFERENCE_NUM_THREADS"] = self._threads
        try:
            file = self._exported() / "openvino_model.xml"
            return CompiledGraph(ov.Core().compile_model(file, "CPU", options), file.parent)
        except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError) as error:
            _log.exception("export_failed", base=str(self._base), part="vae_encoder")
            raise BackendError(
                ErrorCode.BASE_MODEL,
                f"The base model in {self._base} cannot be made ready to begin from pictures.",
                "Its VAE needs an encoder; the log says more.",
            ) from error

    def _exported(self) -> Path:
        temporary = self._folder.with_name(f"{self._folder.name}.part")
        with only_one(self._folder.with_name(f"{self._folder.name}.lock")):
            if not self._folder.is_dir():
                shutil.rmtree(temporary, ignore_errors=True)
                temporary.mkdir(parents=True)
                _export(self._base, temporary / "openvino_model.xml")
                os.replace(temporary, self._folder)
        return self._folder


def _export(base: Path, file: Path) -> None:

    import torch
    from diffusers import AutoencoderKL

    class Moments(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.vae = AutoencoderKL.from_pretrained(
                base / "vae", local_files_only=True, torch_dtype=torch.float32
            )

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            moments: torch.Tensor = self.vae.encode(pixels).latent_dist.parameters
            return moments

    with warnings.catch_warnings():
        # What TorchScript warns of when it traces: shapes that are fixed in these models.
        warnings.simplefilter("ignore")
        graph = ov.convert_model(
            Moments().eval().requires_grad_(False),
            example_input=torch.zeros(1, 3, 64, 64),
            input=[-1, 3, -1, -1],
        )
    graph.inputs[0].get_tensor().set_names({"pixels"})
    ov.save_model(graph, file, compress_to_fp16=False)
