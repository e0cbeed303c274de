"""The exported graphs, compiled for this CPU and kept compiled."""

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import openvino as ov
import structlog
from numpy.typing import NDArray

from backend.engine_graph import CONCEPT_ROWS
from backend.errors import BackendError, ErrorCode
from backend.export import int8_folder
from backend.file_lock import only_one
from backend.mapped_files import shedding_mapped_files
from backend.recipe import RenderPrecision

_log = structlog.get_logger(__name__)

Floats = NDArray[np.float32]
Inputs = Mapping[str, NDArray[np.generic]]


class CompiledGraph:
    """One graph on the CPU, with one request for each of its streams. Not thread-safe.

    `weights` is the folder that it was read from.
    """

    def __init__(self, compiled: ov.CompiledModel, weights: Path) -> None:
        self._weights = weights
        self._has_run = False
        number = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._requests = [compiled.create_infer_request() for _ in range(number)]

    @property
    def streams(self) -> int:
        """How many calls it works on at the same time."""
        return len(self._requests)

    def run(self, calls: Sequence[Inputs]) -> list[Floats]:
        """Return the first output of each call; every call is computed by itself."""
        if self._has_run:
            return self._run(calls)
        # From then on it computes with copies in a layout of its own.
        with shedding_mapped_files(self._weights):
            outputs = self._run(calls)
        self._has_run = True
        return outputs

    def _run(self, calls: Sequence[Inputs]) -> list[Floats]:
        outputs: list[Floats] = []
        for start in range(0, len(calls), self.streams):
            begun: list[ov.InferRequest] = []
            try:
                for request, inputs in zip(self._requests, calls[start:], strict=False):
                    request.start_async(inputs)
                    begun.append(request)
                for request in begun:
                    request.wait()
                    outputs.append(request.get_output_tensor(0).data.copy())
            except RuntimeError:
                for request in begun:
                    # A request that is still busy could not be used again.
                    with contextlib.suppress(RuntimeError):
                        request.wait()
                raise
        return outputs


def compiled_folder(cache: Path) -> Path:
    """Return where in `cache` OpenVINO keeps what it compiled for this kind of CPU."""
    core = ov.Core()
    name = str(core.get_property("CPU", "FULL_DEVICE_NAME"))
    abilities = sorted(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))
    kind = hashlib.sha256(" ".join([name, *abilities]).encode()).hexdigest()[:12]
    return cache / "compiled" / kind


class Graphs:
    """Text encoder, U-Net and VAE decoder of one base model.

    U-Net and decoder are compiled in a precision when it is first asked for. Of U-Nets, which are
    most of a base model, the one asked for last is kept: to come back to another takes seconds, as
    what was compiled is on the disk. The text encoder is always float32: it is 1 % of the work and
    all of the meaning. INT8 is of the U-Net alone, which for that has a graph of its own, in
    `int8` (None: where `folder`'s usually is).

    There is one stream for each NUMA node, because a single one would leave the other sockets
    idle. `threads` 0 means all cores.
    """

    def __init__(
        self, folder: Path, compiled: Path, threads: int = 0, int8: Path | None = None
    ) -> None:
        self._folder = folder
        self._int8 = int8_folder(folder) if int8 is None else int8
        self._compiled = compiled
        self._core = ov.Core()
        # Without this cache mode the whole of the weights would be copied into the cache.
        self._options: dict[str, str | int] = {
            "NUM_STREAMS": "NUMA",
            "CACHE_MODE": "OPTIMIZE_SIZE",
        }
        if threads:
            self._options["INFERENCE_NUM_THREADS"] = threads
        self._compiles = 0
        self._encoder = self._compile("text_encoder", RenderPrecision.F32)
        self._unet: CompiledGraph | None = None
        self._unet_precision: RenderPrecision | None = None
        self._streams: dict[RenderPrecision, int] = {}
        self._decoders: dict[RenderPrecision, CompiledGraph] = {}

    @property
    def compiles(self) -> int:
        """How many graphs were compiled by now; no concept adds to it."""
        return self._compiles

    @staticmethod
    def natural_precision() -> RenderPrecision:
        """Return what this CPU computes in where nothing else is asked for: BF16 or F32."""
        native = "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        return RenderPrecision.BF16 if native else RenderPrecision.F32

    def settle(self, precision: RenderPrecision) -> RenderPrecision:
        """Return what is computed in when asked for `precision`: never AUTO.

        Raises BackendError (base_model) for INT8 where there is none.
        """
        if precision is RenderPrecision.INT8 and not self._int8.is_dir():
            raise BackendError(
                ErrorCode.BASE_MODEL,
                "The base model was not made ready for drawing in INT8.",
                "Run `figment model prepare --int8`, or set FIGMENT_RENDER_PRECISION=auto.",
            )
        if precision in (RenderPrecision.F32, RenderPrecision.INT8):
            return precision
        natural = self.natural_precision()
        if natural is RenderPrecision.F32 and precision is RenderPrecision.BF16:
            _log.warning("no_bf16", message="This CPU does not compute in bf16; f32 is used.")
        return natural

    def streams(self, precision: RenderPrecision) -> int:
        """How many pictures are worked on at the same time; `precision` is a settled one."""
        if precision not in self._streams:
            self._unet_in(precision)
        return self._streams[precision]

    def encode(self, ids: NDArray[np.int64], rows: Floats) -> Floats:
        """Return the hidden states, [1, L, H], of `ids` [1, L] beside concept rows [m, H]."""
        # An empty second input is not among what a graph has to put up with.
        rows = rows if len(rows) else np.zeros((1, rows.shape[1]), np.float32)
        return self._encoder.run([{"input_ids": ids, CONCEPT_ROWS: rows}])[0]

    def predict(self, calls: Sequence[Inputs], precision: RenderPrecision) -> list[Floats]:
        """Return the U-Net's answers; a call has sample, timestep and encoder_hidden_states."""
        return self._unet_in(precision).run(calls)

    def decode(self, latents: Sequence[Floats], precision: RenderPrecision) -> list[Floats]:
        """Return pictures [1, 3, height, width] in -1..1 of latents that are scaled back."""
        if precision is RenderPrecision.INT8:
            precision = self.natural_precision()
        if precision not in self._decoders:
            self._decoders[precision] = self._compile("vae_decoder", precision)
        return self._decoders[precision].run([{"latent_sample": one} for one in latents])

    def _unet_in(self, precision: RenderPrecision) -> CompiledGraph:
        if self._unet is None or precision is not self._unet_precision:
            # Before the next one comes, or both would have to fit in memory.
            self._unet = None
            self._unet = self._compile("unet", precision)
            self._unet_precision = precision
            self._streams[precision] = self._unet.streams
        return self._unet

    def _compile(self, part: str, precision: RenderPrecision) -> CompiledGraph:
        in_int8 = precision is RenderPrecision.INT8
        # What is not quantized in such a graph is computed as ever.
        hint = self.natural_precision() if in_int8 else precision
        options = {
            **self._options,
            "INFERENCE_PRECISION_HINT": hint.value,
            # OpenVINO finds a cached graph by everything but its precision: one compiled for
            # f32 and taken for bf16 gives no numbers at all.
            "CACHE_DIR": str(self._compiled / precision.value),
        }
        file = (self._int8 if in_int8 else self._folder) / part / "openvino_model.xml"
        # OpenVINO itself would let two processes write the same cache file at once.
        self._compiles += 1
        with only_one(self._compiled / "lock"), shedding_mapped_files(file.parent):
            compiled = self._core.compile_model(file, "CPU", options)
        return CompiledGraph(compiled, file.parent)
