"""How well a U-Net in INT8 does, beside bf16 and f32."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict

from backend.engine_graphs import Graphs
from backend.graph_watch import Asked
from backend.recipe import RenderPrecision

_FILE = "report.json"


class Accuracy(BaseModel):
    """How far pictures and what leads to them are from f32, over a few prompts and seeds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step_errors: tuple[float, ...]
    """Of each step: length of the error of the U-Net's answer by that of the answer, when it is
    asked what f32 was asked at that step; mean over pictures."""
    psnr: float | None
    """Of the finished pictures, in dB: 10 log10(255 squared by the mean squared difference); None
    where they are the same."""


class Int8Report(BaseModel):
    """What is known of a U-Net in INT8 before it is used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calibration_prompts: int
    calibration_calls: int
    """Questions to the U-Net from which the ranges of its activations were taken."""
    checked_pictures: int
    steps: int
    int8: Accuracy
    bf16: Accuracy | None
    """None where the CPU does not compute in it."""
    unet_bytes: int
    unet_bytes_before: int


def write_report(folder: Path, report: Int8Report) -> None:
    """Write it beside the graphs in `folder`."""
    (folder / _FILE).write_text(report.model_dump_json(indent=2), "utf-8")


def read_report(folder: Path) -> Int8Report | None:
    """Return the report beside the graphs in `folder`; None if there are none."""
    file = folder / _FILE
    return Int8Report.model_validate_json(file.read_bytes()) if file.is_file() else None


def step_errors(
    asked: Sequence[Asked], graphs: Graphs, precision: RenderPrecision
) -> tuple[float, ...]:
    """Return the error of each step, the first one's first; `asked` is in order of pictures."""
    by_step: dict[float, list[float]] = {}
    for time, group in groupby(asked, key=lambda one: float(one.inputs["timestep"][0])):
        for one in group:
            [answer] = graphs.predict([one.inputs], precision)
            error = np.linalg.norm(answer - one.answer) / np.linalg.norm(one.answer)
            by_step.setdefault(time, []).append(float(error))
    return tuple(float(np.mean(by_step[time])) for time in sorted(by_step, reverse=True))


def psnr(pictures: Sequence[Image.Image], others: Sequence[Image.Image]) -> float | None:
    """Return the peak signal-to-noise ratio in dB over all pairs; None if they are the same."""
    squares = [
        np.square(np.asarray(one, np.float64) - np.asarray(other, np.float64)).mean()
        for one, other in zip(pictures, others, strict=True)
    ]
    error = float(np.mean(squares))
    return None if error == 0 else float(10 * np.log10(255**2 / error))
