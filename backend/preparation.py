"""Makes a base model ready for drawing before anybody waits for it."""

import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from backend.base import load_base
from backend.export import export_folder, exported
from backend.int8 import Told, calibration_prompts, int8_of
from backend.int8_report import Int8Report


class Preparation(BaseModel):
    """A base model that is ready for drawing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: Path
    base_hash: str
    folder: Path
    """Where its graphs are."""
    is_new: bool
    """False where they were there before."""
    seconds: float
    int8: Int8Report | None
    """What is known of its U-Net in INT8, where that was asked for."""


def prepare_base(
    folder: Path,
    cache: Path,
    *,
    int8: bool = False,
    prompts: Path | None = None,
    steps: int = 10,
    tell: Told = lambda *_: None,
) -> Preparation:
    """Export the base model in `folder` to `cache`, and its U-Net in INT8 if asked for.

    `prompts` is a file of prompts for the calibration (None: Figment's own), `steps` how many
    steps its pictures take. What is there is kept.

    Raises BackendError: base_model; empty_prompt over `prompts`.
    """
    began = time.monotonic()
    chosen = calibration_prompts(prompts) if int8 else ()
    base = load_base(str(folder))
    is_new = not export_folder(base.hash, cache).is_dir()
    tell("exporting", 0, 0)
    graphs = exported(base.folder, base.hash, cache)
    report = int8_of(base, cache, chosen, steps, tell) if int8 else None
    return Preparation(
        base=base.folder,
        base_hash=base.hash,
        folder=graphs,
        is_new=is_new,
        seconds=time.monotonic() - began,
        int8=report,
    )
