"""How long a training step takes, and of what it is made: ratios of things measured in turns."""

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from pydantic import BaseModel, ConfigDict

from cluster.base import base_hash, base_resolution
from cluster.pictures import prepare_pictures
from cluster.rank import Rank
from cluster.recipe import preset
from cluster.run_dir import RunDir
from cluster.spec import Precision, Recipe, TrainSpec
from cluster.train import build
from cluster.trainer import Trainer

_PICTURES = 2


class StepReport(BaseModel):
    """Median seconds, and ratios of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    resolution: int
    precision: str
    threads: int
    steps: int
    """How often each was measured."""
    step_seconds: float
    reference_seconds: float
    unet_seconds: float
    """The bare U-Net, forward and backward to what it attends to."""
    step_ratio: float
    """A step by one of the reference recipe."""
    unet_ratio: float
    """A step by the bare U-Net."""
    bytes_per_step: int
    """What a rank hands to the others."""
    reference_bytes_per_step: int
    parts: dict[str, float]
    """Seconds of what a step is made of, each measured alone."""


def _trainer(folder: Path, base: Path, word: str, resolution: int, recipe: Recipe) -> Trainer:
    changes = {
        **preset(recipe),
        "max_steps": 1000,
        "batch_size": 1,
        "hold_back": False,
        "choose_start": False,
        "flip": False,
        "evaluation_draws": 1,
    }
    spec = TrainSpec.model_validate(
        {
            "job_id": "bench",
            "token": "<bench-token>",
            "initializer": word,
            "base": str(base),
            "base_hash": base_hash(base),
            "resolution": resolution,
            "precision": Precision.AUTO,
            **changes,
        }
    )
    run = RunDir.create(folder / recipe.value, spec)
    noise = np.random.default_rng(0).integers(0, 256, (_PICTURES, resolution, resolution, 3))
    files = []
    for index, pixels in enumerate(noise.astype(np.uint8)):
        files.append(folder / f"{recipe.value}-{index}.png")
        Image.fromarray(pixels).save(files[-1])
    prepare_pictures(files, run.images, resolution)
    return build(run, Rank(0, 1, 0, "bench", torch.get_num_threads()))


def _medians(
    parts: Mapping[str, Callable[[], object]], rounds: int, on_round: Callable[[], None]
) -> dict[str, float]:
    """In turns, so that a busy moment meets all alike; the first round only warms up."""
    taken: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(rounds + 1):
        for name, part in parts.items():
            began = time.perf_counter()
            part()
            taken[name].append(time.perf_counter() - began)
        on_round()
    return {name: statistics.median(times[1:]) for name, times in taken.items()}


def measure_steps(
    folder: Path,
    base: Path,
    word: str,
    *,
    resolution: int = 0,
    steps: int = 5,
    on_round: Callable[[], None] = lambda: None,
) -> StepReport:
    """Measure a step of one sample and one process, beside the reference's and the bare U-Net.

    `folder` takes two run folders, `word` is one token of the base. `resolution` is the side in
    pixels, 0 for the base's own.

    Raises:
        ClusterError: the base cannot be loaded, or `word` is not one token of it.
    """
    side = resolution or base_resolution(base)
    ours = _trainer(folder, base, word, side, Recipe.FIGMENT)
    reference = _trainer(folder, base, word, side, Recipe.REFERENCE)
    draw = ours.draws.at(0)
    latents = ours.pictures.sample(draw.pictures, draw.posterior_noise)
    ids = ours.sentences[draw.templates]
    with torch.no_grad():
        states = ours.concept.encode(ids)
    done = iter(range(10**6))

    def unet() -> None:
        fresh = states.detach().requires_grad_(True)
        # The reference's has its whole backward pass.
        reference.denoiser.errors(latents, draw, fresh).mean().backward()

    def text() -> None:
        ours.concept.encode(ids).float().mean().backward()

    def vae() -> None:
        reference.pictures.sample(draw.pictures, draw.posterior_noise)

    found = _medians(
        {
            "step": lambda: ours.step(next(done)),
            "reference": lambda: reference.step(0),
            "unet": unet,
            "text encoder": text,
            "VAE (the reference's)": vae,
        },
        steps,
        on_round,
    )
    return StepReport(
        base=base.name,
        resolution=side,
        precision=ours.precision.value,
        threads=torch.get_num_threads(),
        steps=steps,
        step_seconds=found["step"],
        reference_seconds=found["reference"],
        unet_seconds=found["unet"],
        step_ratio=found["step"] / found["reference"],
        unet_ratio=found["step"] / found["unet"],
        bytes_per_step=ours.reduced_bytes,
        reference_bytes_per_step=reference.reduced_bytes,
        parts={k: found[k] for k in ("unet", "text encoder", "VAE (the reference's)")},
    )
