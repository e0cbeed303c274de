"""Makes the U-Net of an exported base model compute in INT8, and says how well it does."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

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
from backend.int8_quantize import quantize
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

    See `quantize`. Ranges are taken from the pictures of `prompts`, of `steps` steps each.
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
