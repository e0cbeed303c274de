"""`make bench`: where the time goes, as ratios of things measured in one run, alternating.

`make bench ARGS=BASE` measures another base as well. Writes its part of
docs/benchmarks.md. No test depends on these numbers. Nothing else should run meanwhile.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
from rich.console import Console
from rich.progress import track

from backend.base import load_base
from backend.engine import Engine
from backend.engine_draws import Draw, LoadedConcept
from backend.recipe import ConceptRef, Recipe, Sampler
from backend.render_bench import RenderReport, measure_renders
from cluster.step_bench import StepReport, measure_steps
from demo.house import MODEL

_PAGE = Path("docs/benchmarks.md")
_BEGIN, _END = "<!-- make bench -->", "<!-- end -->"
_ROUNDS = 25


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


def machine() -> str:
    """The processor, its cores and its memory."""
    model = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory = psutil.virtual_memory().total / 2**30
    return f"{model}, {psutil.cpu_count()} cores, {memory:.0f} GiB"


def rendered(one: RenderReport) -> str:
    """A row on pictures."""
    ratios = (
        one.picture_ratio,
        one.int8_ratio,
        one.cutoff_ratio,
        one.first_picture_ratio,
        one.recipe_first_picture_seconds / one.picture_seconds,
        one.memory_ratio,
    )
    cells = " | ".join("" if ratio is None else f"{ratio:.2f}" for ratio in ratios)
    return (
        f"| {one.base}, {one.resolution} x {one.resolution}, {one.steps} steps, {one.precision} "
        f"| {one.picture_seconds:.2f} | {cells} |"
    )


def section(
    steps: Sequence[StepReport], pictures: Mapping[str, float], renders: Sequence[RenderReport]
) -> str:
    """The page's part in Markdown."""
    lines = [
        f"On {machine()}, written by `make bench`.",
        "",
        "| A step of one picture, one process | s | by the reference's | by the bare U-Net "
        "| bytes reduced (reference) |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {one.base}, {one.resolution} x {one.resolution}, {one.precision} "
        f"| {one.step_seconds:.3f} | {one.step_ratio:.2f} | {one.unet_ratio:.2f} "
        f"| {one.bytes_per_step:,} ({one.reference_bytes_per_step:,}) |"
        for one in steps
    ]
    lines += [
        "",
        "| `figment bench render` | s | by the recipe's | in INT8, by the recipe's "
        "| half without guidance, by warm | a concept's first, by warm "
        "| the recipe's first, by warm | memory by the recipe's |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *map(rendered, renders),
    ]
    lines += ["", "| Pictures of the toybox, 10 steps | s | ratio |", "| --- | ---: | ---: |"]
    plain = pictures["a picture"]
    lines += [f"| {name} | {s:.4f} | {s / plain:.2f} |" for name, s in pictures.items()]
    return "\n".join(lines)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def main(bases: Sequence[Path]) -> None:
    """Measure, and write the page's part between its marks."""
    with TemporaryDirectory() as folder:
        steps = [
            measure_steps(Path(folder) / str(index), base, "toy")
            for index, base in enumerate([MODEL, *bases])
        ]
        pictures = drawing(MODEL, Path(folder) / "cache")
        renders = [
            measure_renders(_made(Path(folder) / f"render-{index}"), load_base(str(base)))
            for index, base in enumerate([MODEL, *bases])
        ]
    text = section(steps, pictures, renders)
    before, _, rest = _PAGE.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _PAGE.write_text(f"{before}{_BEGIN}\n{text}\n{_END}{after}")
    Console().print(text)


if __name__ == "__main__":
    main([Path(base) for base in sys.argv[1:]])
