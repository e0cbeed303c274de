"""`make bench`: where the time goes, as ratios of things measured in one run, alternating.

No test depends on these numbers. Nothing else should run on the machine meanwhile.
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table

from backend.base import load_base
from backend.engine import Engine
from backend.engine_draws import Draw, LoadedConcept
from backend.recipe import ConceptRef, Recipe, Sampler
from cluster.base import base_hash, base_resolution
from cluster.concept_rows import add_concept
from cluster.draws import Draws
from cluster.evaluation import Denoiser
from cluster.latents import Posteriors
from cluster.model import load_base as load_parts
from cluster.spec import TrainSpec
from demo.house import MODEL

_ROUNDS = 7
_BATCH = 4


def _seconds(parts: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median seconds of each part, taken in turns so that a busy moment meets all alike."""
    taken: dict[str, list[float]] = {name: [] for name in parts}
    for part in parts.values():
        part()
    for _ in track(range(_ROUNDS), "measuring", transient=True):
        for name, part in parts.items():
            began = time.perf_counter()
            part()
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in taken.items()}


def training(base: Path) -> dict[str, float]:
    """A whole training step, and the bare U-Net in it."""
    spec = TrainSpec(
        job_id="bench",
        token="<bench>",
        initializer="toy",
        base=str(base),
        base_hash=base_hash(base),
        resolution=base_resolution(base),
        batch_size=_BATCH,
    )
    parts = load_parts(spec)
    concept = add_concept(parts.tokenizer, parts.encoder, spec)
    side = parts.unet.config.sample_size
    shape = (4, side, side)
    posteriors = Posteriors(torch.randn(5, *shape), torch.rand(5, *shape))
    draws = Draws(
        seed=7,
        rank=0,
        world_size=1,
        batch_size=_BATCH,
        pictures=5,
        templates=1,
        timesteps=1000,
        latent_shape=shape,
    )
    denoiser = Denoiser(parts.unet, parts.scheduler)
    ids = concept.ids([f"a photo of a {concept.name}"])
    optimizer = torch.optim.AdamW([concept.rows], lr=1e-3)
    draw = draws.next()
    latents = posteriors.sample(draw.pictures, draw.posterior_noise)
    with torch.no_grad():
        states = concept.encode(ids[draw.templates])

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        one = draws.next()
        clean = posteriors.sample(one.pictures, one.posterior_noise)
        denoiser.errors(clean, one, concept.encode(ids[one.templates])).mean().backward()
        optimizer.step()

    def unet_alone() -> None:
        fresh = states.detach().requires_grad_(True)
        denoiser.errors(latents, draw, fresh).mean().backward()

    return _seconds({"training step": step, "U-Net forward and backward": unet_alone})


def drawing(base: Path, cache: Path) -> dict[str, float]:
    """Pictures without a concept, with one, and with two."""
    model = load_base(str(base))
    engine = Engine.load(model.folder, cache)
    encoder = json.loads((model.folder / "text_encoder" / "config.json").read_text())
    row = np.zeros((1, encoder["hidden_size"]), np.float32)

    def draw(names: Sequence[str]) -> Callable[[], object]:
        concepts = tuple(LoadedConcept(f"<{n}>", row, n) for n in names)
        recipe = Recipe(
            prompt=" ".join(["a toy", *(c.token for c in concepts)]),
            seed=7,
            steps=10,
            sampler=Sampler.DDIM,
            guidance=5,
            width=model.resolution,
            height=model.resolution,
            base_hash=model.hash,
            concepts=tuple(ConceptRef(token=c.token, version=1, sha256=c.sha256) for c in concepts),
        )
        return lambda: engine.draw([Draw(recipe, concepts)])

    return _seconds(
        {
            "a picture": draw([]),
            "a picture with a concept": draw(["one"]),
            "a picture with two": draw(["one", "two"]),
        }
    )


def main() -> None:
    """Measure and print."""
    console = Console()
    table = Table("what", "median s", "ratio")
    with TemporaryDirectory() as cache:
        for group in (training(MODEL), drawing(MODEL, Path(cache))):
            last = list(group.values())[-1] if "training step" in group else group["a picture"]
            for name, seconds in group.items():
                table.add_row(name, f"{seconds:.4f}", f"{seconds / last:.3f}")
            table.add_section()
    console.print(table)


if __name__ == "__main__":
    main()
