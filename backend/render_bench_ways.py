"""The ways to draw that are measured against each other; each runs in a process of its own.

A way is told through its pipe what to do, and answers what it took. After each step of a picture it
answers PAUSED instead, and goes on when it is told anything: that time does not count.
"""

import hashlib
import json
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from backend.engine import Engine, GraphRunner
from backend.engine_draws import Draw, LoadedConcept
from backend.engine_graphs import Graphs
from backend.export import export_folder, exported, int8_folder, quiet_export
from backend.graph_watch import Stage, Watched
from backend.int8_quantize import quantize
from backend.recipe import ConceptRef, Recipe, RenderPrecision, Sampler
from cluster.base import base_hash
from cluster.embedding_file import EmbeddingFile, read_embedding, write_embedding
from cluster.full_pipeline import write_full_pipeline

PAUSED = "paused"
_PROMPT, _GUIDANCE, _SEED, _CUT_OFF = "a photo of {}", 7.5, 7, 0.5


@dataclass(frozen=True, slots=True)
class Work:
    """What is measured: `side` in pixels, `folder` for everything that is written."""

    base: Path
    side: int
    folder: Path
    steps: int

    @property
    def cache(self) -> Path:
        """Where graphs are kept."""
        return self.folder / "openvino"

    @property
    def recipe(self) -> Path:
        """Where the recipe keeps the pipeline of its concept."""
        return self.folder / "recipe"


@dataclass(frozen=True, slots=True)
class Taken:
    """What something took, on the wall and of all cores; `stages` of a picture of ours."""

    seconds: float
    core_seconds: float
    stages: dict[str, Stage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished:
    """What is known of a process at its end. Peak of memory in MB (10^6 bytes)."""

    peak_rss_mb: float
    start_seconds: float
    precision: str = ""
    compiles: int = 0
    concepts: int = 0


def export_once(pipe: Connection, work: Work) -> None:
    """Export as the engine does, for all concepts."""
    _once(pipe, lambda: exported(work.base, base_hash(work.base), work.cache))


def export_by_recipe(pipe: Connection, work: Work) -> None:
    """Export the pipeline of one concept, as the recipe does for each."""
    from optimum.intel import OVStableDiffusionPipeline

    def export() -> None:
        pipeline = work.folder / "pipeline"
        write_full_pipeline(work.base, read_embedding(_new_concept(work, 0)), pipeline)
        with quiet_export():
            made = OVStableDiffusionPipeline.from_pretrained(
                pipeline, export=True, compile=False, load_in_8bit=False
            )
            made.save_pretrained(work.recipe)

    _once(pipe, export)


def make_int8(pipe: Connection, work: Work) -> None:
    """Make the U-Net in INT8 from one call: enough to time it by, and no more."""

    def make() -> None:
        folder = export_folder(base_hash(work.base), work.cache)
        watched: list[Watched] = []

        def watch(graphs: GraphRunner) -> GraphRunner:
            watched.append(Watched(graphs))
            return watched[0]

        engine = Engine.load(work.base, work.cache, RenderPrecision.F32, through=watch)
        watched[0].keep = True
        engine.draw([_draw(engine, work, None, steps=1)])
        calls = [one.inputs for one in watched[0].asked]
        file = "openvino_model.xml"
        source, out = folder / "unet" / file, int8_folder(folder) / "unet" / file
        quantize(source, calls, out, exact=False)

    _once(pipe, make)


def our_way(pipe: Connection, work: Work) -> None:
    """Draw with the engine: one of its processes serves all concepts."""
    began = time.perf_counter()
    seen: list[Watched] = []
    graphs: list[Graphs] = []

    def watch(usual: GraphRunner) -> GraphRunner:
        assert isinstance(usual, Graphs)  # noqa: S101 - what Engine.load makes
        graphs.append(usual)
        seen.append(Watched(usual))
        return seen[0]

    engine = Engine.load(work.base, work.cache, through=watch)
    started = time.perf_counter() - began
    precision = RenderPrecision.AUTO
    concepts = 0
    compiles: int | None = None
    while True:
        what, value = pipe.recv()
        if what == "finish":
            settled = graphs[0].settle(precision).value
            after = graphs[0].compiles - (compiles or 0)
            pipe.send(Finished(_peak_mb(), started, settled, after, concepts))
            return
        if what == "precision":
            precision = RenderPrecision(value)
            pipe.send(Taken(0, 0))
            continue
        # A new concept each time; but only the first time of one is it read within the time.
        concepts += 1
        file = _new_concept(work, concepts)
        wanted: dict[str, Any] = {"precision": precision}
        if what in ("cut off", "warm up"):
            wanted["guidance_until"] = _CUT_OFF
        if what == "warm up":
            # One with guidance and one without, which are prepared for when they first come.
            wanted["steps"] = 2
        draw = None if what == "first" else _draw(engine, work, file, **wanted)
        seen[0].reset()

        def act(
            pause: _Pause,
            draw: Draw | None = draw,
            file: Path = file,
            wanted: dict[str, Any] = wanted,
        ) -> None:
            engine.draw([draw or _draw(engine, work, file, **wanted)], on_step=pause)

        taken = _timed(act, pipe)
        pipe.send(Taken(taken.seconds, taken.core_seconds, seen[0].stages()))
        compiles = graphs[0].compiles if compiles is None else compiles


def recipes_way(pipe: Connection, work: Work) -> None:
    """Draw with the pipeline of one concept, as the recipe does: reshaped, compiled."""
    from diffusers import DDIMScheduler
    from optimum.intel import OVStableDiffusionPipeline

    began = time.perf_counter()
    natural = Graphs.natural_precision().value
    pipeline = OVStableDiffusionPipeline.from_pretrained(
        work.recipe, compile=False, ov_config={"INFERENCE_PRECISION_HINT": natural}
    )
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    pipeline.reshape(batch_size=1, height=work.side, width=work.side, num_images_per_prompt=1)
    pipeline.compile()
    pipeline.set_progress_bar_config(disable=True)
    started = time.perf_counter() - began

    def draw(pause: _Pause) -> None:
        def step(_: object, step: int, __: object, kept: dict[str, Any]) -> dict[str, Any]:
            pause(step, work.steps)
            return kept

        with warnings.catch_warnings():
            # diffusers turns tensors into arrays in a way that numpy 2 calls outdated.
            warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
            pipeline(
                _PROMPT.format(_token(0)),
                num_inference_steps=work.steps,
                guidance_scale=_GUIDANCE,
                height=work.side,
                width=work.side,
                generator=np.random.RandomState(_SEED),
                callback_on_step_end=step,
            )

    while pipe.recv()[0] != "finish":
        pipe.send(_timed(draw, pipe))
    pipe.send(Finished(_peak_mb(), started, natural))


def _token(number: int) -> str:
    return f"<bench-{number}>"


def _new_concept(work: Work, number: int) -> Path:
    """Write a concept that nobody has drawn yet, and return its file."""
    encoder = json.loads((work.base / "text_encoder" / "config.json").read_text("utf-8"))
    rows = np.random.default_rng(number).normal(0, 0.02, (1, encoder["hidden_size"]))
    file = work.folder / f"concept-{time.monotonic_ns()}.safetensors"
    write_embedding(file, EmbeddingFile(_token(number), rows.astype(np.float32)))
    return file


def _draw(engine: Engine, work: Work, file: Path | None, **wanted: object) -> Draw:
    concepts: tuple[LoadedConcept, ...] = ()
    if file is not None:
        embedding = read_embedding(file)
        digest = hashlib.sha256(embedding.rows.tobytes()).hexdigest()
        concepts = (LoadedConcept(embedding.token, embedding.rows, digest),)
    recipe = {
        "prompt": _PROMPT.format(concepts[0].token if concepts else "a toy"),
        "seed": _SEED,
        "steps": work.steps,
        "sampler": Sampler.DDIM,
        "guidance": _GUIDANCE,
        "width": work.side,
        "height": work.side,
        "base_hash": engine.base_hash,
        "concepts": [ConceptRef(token=c.token, version=1, sha256=c.sha256) for c in concepts],
        **wanted,
    }
    return Draw(Recipe.model_validate(recipe), concepts)


class _Pause:
    """Lets others have their turn after a step, and counts how long that was."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.seconds = self.core_seconds = 0.0

    def __call__(self, step: int, steps: int) -> None:
        wall, cores = time.perf_counter(), time.process_time()
        self._pipe.send(PAUSED)
        self._pipe.recv()
        self.seconds += time.perf_counter() - wall
        self.core_seconds += time.process_time() - cores


def _once(pipe: Connection, act: Callable[[], object]) -> None:
    pipe.recv()
    pipe.send(_timed(lambda _: act(), pipe))


def _timed(act: Callable[[_Pause], object], pipe: Connection) -> Taken:
    pause = _Pause(pipe)
    wall, cores = time.perf_counter(), time.process_time()
    act(pause)
    seconds = time.perf_counter() - wall - pause.seconds
    return Taken(seconds, time.process_time() - cores - pause.core_seconds)


def _peak_mb() -> float:
    """Return the most memory that this process has had, files that it maps included."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return float("nan")
