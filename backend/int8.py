"""Makes the U-Net of an exported base model compute in INT8, and says how well it does."""

import contextlib
import logging
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import structlog
from PIL import Image

from backend.base import Base
from backend.engine import Engine, GraphRunner
from backend.engine_draws import Draw
from backend.engine_graphs import Graphs, Inputs
from backend.errors import BackendError, ErrorCode
from backend.export import export_folder, exported, int8_folder
from backend.file_lock import only_one
from backend.graph_watch import Asked, Watched
from backend.int8_report import (
    Accuracy,
    Int8Report,
    psnr,
    read_report,
    step_errors,
    write_report,
)
from backend.recipe import Recipe, RenderPrecision, Sampler

_log = structlog.get_logger(__name__)

Told = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

_GUIDANCE = 7.5
_SENSITIVE = ("conv_in", "conv_out", "conv_shortcut")
"""Parts of the names of convolutions that 8 bits are too few for."""
_IN_FLOATS = ("MatMul", "ScaledDotProductAttention")
"""What 8 bits are too few for, or make slower: an attention whose products are in INT8 is computed
in three passes over all of its scores, which took twice the time of the fused one in floats."""
_CHECKS = ("a photo of a toy", "a house by the sea at night", "a dog on a skateboard")
"""Not among the prompts of the calibration."""


def calibration_prompts(file: Path | None = None) -> tuple[str, ...]:
    """Return the prompts of `file`, one a line; Figment's own, of all kinds, without it.

    Raises BackendError (empty_prompt).
    """
    file = file or Path(__file__).with_name("calibration_prompts.txt")
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BackendError(
            ErrorCode.EMPTY_PROMPT, f"The prompts in {file} cannot be read.", "One a line, UTF-8."
        ) from error
    prompts = tuple(line.strip() for line in lines if line.strip())
    if not prompts:
        raise BackendError(ErrorCode.EMPTY_PROMPT, f"There are no prompts in {file}.")
    return prompts


def int8_of(
    base: Base, cache: Path, prompts: Sequence[str], steps: int, tell: Told = lambda *_: None
) -> Int8Report:
    """Make the U-Net of `base` in INT8 unless it is there, and return what is known of it.

    Hybrid: see `quantize`. Ranges are taken from the pictures of `prompts`, of `steps` steps each.
    Whole or not at all, by one process at a time. Nothing uses it until the precision of a recipe
    or the settings is INT8.

    Raises BackendError: base_model where the export or the quantization fails, and what
    `Engine.check` raises over a prompt.
    """
    folder = exported(base.folder, base.hash, cache)
    target = int8_folder(folder)
    temporary = target.with_name(f"{target.name}.part")
    with only_one(cache / f"{target.name}.lock"):
        if (report := read_report(target)) is not None:
            return report
        shutil.rmtree(temporary, ignore_errors=True)
        try:
            report = _make(base, cache, prompts, steps, temporary, tell)
            os.replace(temporary, target)
        except (OSError, RuntimeError, ValueError) as error:
            _log.exception("int8_failed", base=base.hash)
            raise BackendError(
                ErrorCode.BASE_MODEL,
                f"The base model in {base.folder} cannot be made ready for INT8.",
                f"{cache} needs free space for its U-Net; the log says more.",
            ) from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return report


def _make(
    base: Base, cache: Path, prompts: Sequence[str], steps: int, out: Path, tell: Told
) -> Int8Report:
    folder = export_folder(base.hash, cache)
    compiled = out / "compiled"
    asked = _Asking(base, cache, steps)
    calls: list[Inputs] = []
    for number, prompt in enumerate(prompts):
        tell("looking at pictures", number, len(prompts))
        # Those of one picture resemble each other; the others do as well.
        calls += [one.inputs for one in asked.of(prompt, number)][number % 2 :: 2]
    checks: list[Asked] = []
    for number, prompt in enumerate(_CHECKS):
        checks += asked.of(prompt, number)
    truth = tuple(asked.pictures(RenderPrecision.F32))
    del asked
    tell("making it INT8", 0, 1)
    source = folder / "unet" / "openvino_model.xml"
    made = out / "unet" / source.name
    quantize(source, calls, made)
    del calls

    graphs = Graphs(folder, compiled, int8=out)
    found: dict[RenderPrecision, Accuracy] = {}
    wanted = dict.fromkeys((RenderPrecision.INT8, graphs.settle(RenderPrecision.AUTO)))
    for number, precision in enumerate(wanted):
        if precision is RenderPrecision.F32:
            continue
        tell("comparing pictures", number, len(wanted))
        errors = step_errors(checks, graphs, precision)
        drawing = _Asking(base, cache, steps, graphs)
        found[precision] = Accuracy(
            step_errors=errors, psnr=psnr(drawing.pictures(precision), truth)
        )
    del graphs
    shutil.rmtree(compiled, ignore_errors=True)
    report = Int8Report(
        calibration_prompts=len(prompts),
        calibration_calls=sum(len(range(n % 2, steps, 2)) for n in range(len(prompts))),
        checked_pictures=len(_CHECKS),
        steps=steps,
        int8=found[RenderPrecision.INT8],
        bf16=found.get(RenderPrecision.BF16),
        unet_bytes=made.with_suffix(".bin").stat().st_size,
        unet_bytes_before=source.with_suffix(".bin").stat().st_size,
    )
    write_report(out, report)
    return report


def quantize(unet: Path, calls: Sequence[Inputs], out: Path, *, exact: bool = True) -> None:
    """Write the U-Net in `unet` (an .xml) in hybrid INT8 to `out`.

    Most convolutions get 8-bit weights and activations. Matrix products with weights, those of the
    attention and its feed-forward layers, get 8-bit weights only: their activations have outliers
    that 8 bits do not hold. The way is that of optimum-intel's hybrid quantization,
    https://huggingface.co/docs/optimum-intel/openvino/optimization#hybrid-quantization; but the
    attention itself stays in floats, as OpenVINO computes it in one piece only if it does.

    `calls` are what it is asked, for the ranges of its activations. `exact` False leaves out what
    takes long and makes it exact, but not fast: the correction of biases. Raises OSError,
    RuntimeError, ValueError.
    """
    import nncf
    import openvino as ov

    nncf.set_log_level(logging.ERROR)
    out.parent.mkdir(parents=True)
    model = ov.Core().read_model(unet)
    in_floats = nncf.IgnoredScope(names=_not_in_int8(model))
    parameters = nncf.AdvancedQuantizationParameters(
        disable_bias_correction=not exact,
        smooth_quant_alphas=nncf.AdvancedSmoothQuantParameters(convolution=-1, matmul=-1),
    )
    # NNCF draws progress bars on standard output, which may be somebody's JSON.
    with contextlib.redirect_stdout(sys.stderr):
        compressed = nncf.compress_weights(
            model,
            mode=nncf.CompressWeightsMode.INT8_ASYM,
            ignored_scope=nncf.IgnoredScope(types=["Convolution"], validate=False),
        )
        quantized = nncf.quantize(
            compressed,
            nncf.Dataset(list(calls)),
            subset_size=len(calls),
            model_type=nncf.ModelType.TRANSFORMER,
            ignored_scope=in_floats,
            advanced_parameters=parameters,
        )
    ov.save_model(quantized, out, compress_to_fp16=False)


def _not_in_int8(unet: Any) -> list[str]:
    """Return the names of what an `openvino.Model` goes on computing in floats.

    That is every matrix product, the attention, and of the convolutions the first, the last and
    those of the shortcuts, which are 3 % of the work: on the toybox they made half of the error (of
    the last step's answer, 8.4 % with and 5.1 % without them).
    """
    return [
        node.get_friendly_name()
        for node in unet.get_ops()
        if node.get_type_name() in _IN_FLOATS
        or (
            node.get_type_name() == "Convolution"
            and any(part in node.get_friendly_name() for part in _SENSITIVE)
        )
    ]


class _Asking:
    """Draws fixed pictures with a base model and keeps what its U-Net was asked for them."""

    def __init__(
        self, base: Base, cache: Path, steps: int, graphs: GraphRunner | None = None
    ) -> None:
        self._base = base
        self._steps = steps

        def watch(usual: GraphRunner) -> GraphRunner:
            self._watched = Watched(graphs or usual)
            return self._watched

        self._engine = Engine.load(base.folder, cache, through=watch)

    def of(self, prompt: str, seed: int) -> list[Asked]:
        """Return the questions and answers of a picture's steps, in f32."""
        self._watched.keep = True
        self._draw(prompt, seed, RenderPrecision.F32)
        asked, self._watched.asked = self._watched.asked, []
        self._watched.keep = False
        return asked

    def pictures(self, precision: RenderPrecision) -> list[Image.Image]:
        """Return the pictures that are compared."""
        return [self._draw(prompt, seed, precision) for seed, prompt in enumerate(_CHECKS)]

    def _draw(self, prompt: str, seed: int, precision: RenderPrecision) -> Image.Image:
        recipe = Recipe(
            prompt=prompt,
            seed=seed,
            steps=self._steps,
            sampler=Sampler.DPMPP_2M,
            guidance=_GUIDANCE,
            width=self._base.resolution,
            height=self._base.resolution,
            base_hash=self._base.hash,
            precision=precision,
        )
        [drawn] = self._engine.draw([Draw(recipe)])
        assert drawn is not None  # noqa: S101 - nothing was cancelled
        return drawn.picture
