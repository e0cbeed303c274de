"""What the graphs are asked, seen from between them and the engine."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.engine import GraphRunner
from backend.engine_graphs import Floats, Inputs
from backend.recipe import RenderPrecision


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question to the U-Net and its answer, [1 or 2, 4, h, w]. `step` counts from 0."""

    inputs: Inputs
    answer: Floats


@dataclass(slots=True)
class Stage:
    """What was spent in one of the graphs: seconds of the wall, of all cores, and samples."""

    seconds: float = 0
    core_seconds: float = 0
    samples: int = 0


class Watched:
    """Graphs that are watched: what the U-Net is asked is kept, what all take is counted.

    Questions are kept only while `keep` is true.
    """

    def __init__(self, graphs: GraphRunner) -> None:
        self._graphs = graphs
        self.keep = False
        self.asked: list[Asked] = []
        self.reset()

    def reset(self) -> None:
        """Forget what was counted."""
        self.text, self.unet, self.vae = Stage(), Stage(), Stage()

    def stages(self) -> dict[str, Stage]:
        """Return what was spent on text encoder, U-Net and VAE since the last reset."""
        return {"text": self.text, "unet": self.unet, "vae": self.vae}

    def settle(self, precision: RenderPrecision) -> RenderPrecision:
        """See `Graphs`."""
        return self._graphs.settle(precision)

    def streams(self, precision: RenderPrecision) -> int:
        """See `Graphs`."""
        return self._graphs.streams(precision)

    def encode(self, ids: NDArray[np.int64], rows: Floats) -> Floats:
        """See `Graphs`."""
        with _Timed(self.text, len(ids)):
            return self._graphs.encode(ids, rows)

    def predict(self, calls: Sequence[Inputs], precision: RenderPrecision) -> list[Floats]:
        """See `Graphs`."""
        with _Timed(self.unet, sum(len(call["encoder_hidden_states"]) for call in calls)):
            answers = self._graphs.predict(calls, precision)
        if self.keep:
            self.asked += map(Asked, calls, answers)
        return answers

    def decode(self, latents: Sequence[Floats], precision: RenderPrecision) -> list[Floats]:
        """See `Graphs`."""
        with _Timed(self.vae, len(latents)):
            return self._graphs.decode(latents, precision)


class _Timed:
    def __init__(self, stage: Stage, samples: int) -> None:
        self._stage, self._samples = stage, samples

    def __enter__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self._stage.seconds += time.perf_counter() - self._wall
        self._stage.core_seconds += time.process_time() - self._cpu
        self._stage.samples += self._samples
