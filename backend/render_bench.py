"""How fast pictures are drawn, beside the recipe of a pipeline for every concept.

Each way has a process of its own, so that its peak of memory is its own. Pictures that are divided
by each other are drawn in turns, step by step: other users of the machine, who come and go within
the minutes of a picture, meet all alike. What the libraries under them print is kept back, and
told where a process fails.
"""

import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict

from backend.base import Base
from backend.errors import BackendError, ErrorCode
from backend.recipe import RenderPrecision
from backend.render_bench_ways import (
    PAUSED,
    Finished,
    Taken,
    Work,
    export_by_recipe,
    export_once,
    make_int8,
    our_way,
    recipes_way,
)

Way = Callable[[Connection, Work], None]

_log = structlog.get_logger()


class RenderReport(BaseModel):
    """Seconds are medians; ratios are medians of the rounds' ratios, less is better."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    resolution: int
    steps: int
    rounds: int
    precision: str
    """What ours and the recipe's were computed in."""

    picture_seconds: float
    """A warm picture with a concept."""
    picture_core_seconds: float
    stage_seconds: dict[str, float]
    """Of that picture: text encoder, U-Net, VAE."""
    stage_core_seconds: dict[str, float]
    recipe_picture_seconds: float
    recipe_core_seconds: float
    picture_ratio: float
    """Ours by the recipe's, at equal steps and precision."""
    core_ratio: float
    """The same in core-seconds."""

    int8_ratio: float | None
    """Ours in INT8 by the recipe's; None where it was left out."""
    int8_core_ratio: float | None
    cutoff_ratio: float
    """Ours without guidance in the second half of the steps by ours with it."""

    first_picture_seconds: float
    """From the file of a concept nobody has drawn yet to its picture, in a warm process."""
    warm_picture_seconds: float
    """A warm picture, drawn beside that and the one with the cut-off."""
    first_picture_ratio: float
    """The first by the warm."""
    recipe_first_picture_seconds: float
    """The recipe's: export, load, reshape, compile, and the picture."""
    export_seconds: float
    """Ours, once a base model."""

    compiles: int
    """Graphs compiled while drawing concepts, after the first picture of all."""
    concepts: int
    """How many concepts were drawn meanwhile."""
    peak_rss_mb: float
    recipe_peak_rss_mb: float
    """Both of the process that draws, without the export."""
    memory_ratio: float


def measure_renders(
    folder: Path,
    base: Base,
    *,
    steps: int = 20,
    rounds: int = 3,
    int8: bool = True,
    on_stage: Callable[[str], None] = lambda _: None,
) -> RenderReport:
    """Measure pictures of `base` in its own size; `folder` takes twice its bytes and more.

    Raises BackendError (measurement_ended) where one of the processes fails.
    """
    work = Work(base.folder, base.resolution, folder, steps)
    on_stage("exporting, once for all concepts")
    exported = _alone(export_once, work)
    on_stage("exporting, as the recipe does for a concept")
    by_recipe = _alone(export_by_recipe, work)
    if int8:
        on_stage("making INT8")
        _alone(make_int8, work)
    ours: list[Taken] = []
    by_others: list[Taken] = []
    in_int8: list[Taken] = []
    with ExitStack() as stack:
        on_stage("starting")
        drawing, recipe = (
            stack.enter_context(_process(way, work)) for way in (our_way, recipes_way)
        )
        drawing.ask("warm up")
        first_by_recipe = recipe.ask("draw")
        turns = [(drawing, "draw"), (recipe, "draw")]
        if int8:
            turns.append((stack.enter_context(_process(our_way, work)), "draw"))
            turns[-1][0].ask("precision", RenderPrecision.INT8)
            turns[-1][0].ask("warm up")
        for number in range(rounds):
            on_stage(f"drawing beside the recipe, round {number + 1} of {rounds}")
            taken = _in_turns(turns)
            ours.append(taken[0])
            by_others.append(taken[1])
            in_int8 += taken[2:]
        ended, recipe_ended = drawing.finish(), recipe.finish()
    warm: list[Taken] = []
    first: list[Taken] = []
    cut: list[Taken] = []
    with ExitStack() as stack:
        on_stage("starting")
        turns = []
        for what in ("draw", "first", "cut off"):
            turns.append((stack.enter_context(_process(our_way, work)), what))
            turns[-1][0].ask("warm up")
        for number in range(rounds):
            on_stage(f"drawing beside each other, round {number + 1} of {rounds}")
            for kind, one in zip((warm, first, cut), _in_turns(turns), strict=True):
                kind.append(one)
        also_ended = [process.finish() for process, _ in turns]
    return RenderReport(
        base=base.folder.name,
        resolution=base.resolution,
        steps=steps,
        rounds=rounds,
        precision=ended.precision,
        picture_seconds=_seconds(ours),
        picture_core_seconds=_median(one.core_seconds for one in ours),
        stage_seconds=_stages(ours, "seconds"),
        stage_core_seconds=_stages(ours, "core_seconds"),
        recipe_picture_seconds=_seconds(by_others),
        recipe_core_seconds=_median(one.core_seconds for one in by_others),
        picture_ratio=_ratio(ours, by_others, "seconds"),
        core_ratio=_ratio(ours, by_others, "core_seconds"),
        int8_ratio=_ratio(in_int8, by_others, "seconds") if int8 else None,
        int8_core_ratio=_ratio(in_int8, by_others, "core_seconds") if int8 else None,
        cutoff_ratio=_ratio(cut, warm, "seconds"),
        first_picture_seconds=_seconds(first),
        warm_picture_seconds=_seconds(warm),
        first_picture_ratio=_ratio(first, warm, "seconds"),
        recipe_first_picture_seconds=by_recipe.seconds
        + recipe_ended.start_seconds
        + first_by_recipe.seconds,
        export_seconds=exported.seconds,
        compiles=sum(one.compiles for one in (ended, *also_ended)),
        concepts=sum(one.concepts for one in (ended, *also_ended)),
        peak_rss_mb=ended.peak_rss_mb,
        recipe_peak_rss_mb=recipe_ended.peak_rss_mb,
        memory_ratio=ended.peak_rss_mb / recipe_ended.peak_rss_mb,
    )


@dataclass(frozen=True)
class _Process:
    connection: Connection
    process: SpawnProcess
    wrote: Path

    def ask(self, what: str, value: object = None) -> Taken:
        """Have something done and return what it took."""
        taken = self.turn(what, value)
        while taken is None:
            taken = self.turn("go on")
        return taken

    def turn(self, what: str, value: object = None) -> Taken | None:
        """Have something begun or gone on with; return what it took, or None if it has paused."""
        taken = self._answer(what, value)
        if taken == PAUSED:
            return None
        assert isinstance(taken, Taken)  # noqa: S101 - what our own processes answer
        return taken

    def finish(self) -> Finished:
        """End it and return what it has to say."""
        finished = self._answer("finish", None)
        assert isinstance(finished, Finished)  # noqa: S101 - as above
        return finished

    def _answer(self, what: str, value: object) -> object:
        try:
            self.connection.send((what, value))
            return self.connection.recv()
        except (EOFError, ConnectionError):
            raise self._ended() from None

    def _ended(self) -> BackendError:
        self.process.join(10)
        wrote = self.wrote.read_text("utf-8", errors="replace").strip()
        _log.error("measurement ended", exit_code=self.process.exitcode, wrote=wrote)
        return why_ended(self.process.exitcode, wrote)


def why_ended(exit_code: int | None, wrote: str) -> BackendError:
    """Say why a process of the measurement ended: `exit_code` is minus the signal if by one."""
    killed = exit_code is not None and exit_code < 0
    # One that was killed had no time to say so: its last line is of something else.
    said = "" if killed else wrote.rpartition("\n")[2]
    return BackendError(
        ErrorCode.MEASUREMENT_ENDED,
        f"A process of the measurement has ended early, with exit code {exit_code}.",
        said or "It was killed: perhaps memory ran out.",
    )


@contextmanager
def _process(way: Way, work: Work) -> Iterator[_Process]:
    # Not forked: it would begin with our memory.
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    descriptor, name = mkstemp(".log", f"{way.__name__}-", work.folder)
    os.close(descriptor)
    wrote = Path(name)
    process = context.Process(target=_be, args=(way, theirs, work, wrote), daemon=True)
    process.start()
    theirs.close()
    try:
        yield _Process(ours, process, wrote)
    finally:
        ours.close()
        process.join(10)
        process.kill()


def _be(way: Way, pipe: Connection, work: Work, wrote: Path) -> None:
    # By descriptor, as libraries in C++ write as well.
    with wrote.open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    way(pipe, work)


def _in_turns(asked: Sequence[tuple[_Process, str]]) -> list[Taken]:
    """Have each do what it is asked, one step at a time; return what each took."""
    taken = [process.turn(what) for process, what in asked]
    while None in taken:
        for number, (process, _) in enumerate(asked):
            if taken[number] is None:
                taken[number] = process.turn("go on")
    return [one for one in taken if one is not None]


def _alone(way: Way, work: Work) -> Taken:
    with _process(way, work) as process:
        return process.ask("do")


def _median(values: Iterator[float] | Sequence[float]) -> float:
    return statistics.median(values)


def _seconds(taken: Sequence[Taken]) -> float:
    return _median([one.seconds for one in taken])


def _ratio(ours: Sequence[Taken], theirs: Sequence[Taken], what: str) -> float:
    pairs = zip(ours, theirs, strict=True)
    return _median([getattr(one, what) / getattr(other, what) for one, other in pairs])


def _stages(taken: Sequence[Taken], what: str) -> dict[str, float]:
    names: dict[str, Any] = taken[0].stages
    return {name: _median([getattr(one.stages[name], what) for one in taken]) for name in names}
