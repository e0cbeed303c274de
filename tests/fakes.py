"""Every stand-in that tests use."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from PIL import Image

from backend.base import Base
from backend.engine_draws import Draw, Drawn
from backend.layout import DataFolder
from backend.recipe import Recipe, RenderPrecision
from backend.runs import Look, new_spec
from backend.store_concepts import NewConcept
from backend.views import JobView
from cluster.settings import ClusterSettings
from cluster.spec import TrainSpec

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class FakeClock:
    """A clock that goes on only when it is told to."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the present."""
        return self.now

    def go_on(self, seconds: float) -> datetime:
        """Let time pass; return the new present."""
        self.now += timedelta(seconds=seconds)
        return self.now


class FakeDrawer:
    """A drawing engine without a model: a picture has the one colour of its seed.

    While `gate` is not set it waits in the middle of a picture, between two steps. `errors`
    holds what is raised over a prompt.
    """

    def __init__(self, base_hash: str = "base", streams: int = 1) -> None:
        self.base_hash = base_hash
        self.streams = streams
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.errors: dict[str, Exception] = {}
        self.drawn: list[tuple[str, int]] = []

    def check(self, draw: Draw) -> None:
        """Find nothing wrong."""

    def draw(
        self,
        draws: Sequence[Draw],
        on_step: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], frozenset[int]] | None = None,
    ) -> tuple[Drawn | None, ...]:
        """Draw, or raise the first of the errors."""
        for draw in draws:
            if draw.recipe.prompt in self.errors:
                raise self.errors[draw.recipe.prompt]
        self.begun.set()
        while not self.gate.wait(0.01):
            if cancelled is not None and len(cancelled()) == len(draws):
                return (None,) * len(draws)
        gone = frozenset() if cancelled is None else cancelled()
        wanted = [None if n in gone else draw.recipe for n, draw in enumerate(draws)]
        self.drawn += [(recipe.prompt, recipe.seed) for recipe in wanted if recipe]
        return tuple(None if one is None else self._picture(one) for one in wanted)

    def _picture(self, recipe: Recipe) -> Drawn:
        picture = Image.new("RGB", (recipe.width, recipe.height), (recipe.seed % 256, 0, 0))
        return Drawn(picture, recipe.model_copy(update={"precision": RenderPrecision.F32}))


class FakeRuns:
    """Stands for `backend.runs.Runs`: runs that begin, go on and end as a test says.

    `looks` are what the next looks at a job find (the last one again and again), `troubles` are
    raised by the call of that name, each once, and `calls` is what was asked for.
    """

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.calls: list[str] = []
        self.alive: set[str] = set()
        self.looks: list[Look] = [Look(None, None)]
        self.troubles: dict[str, Exception] = {}
        self.gate = threading.Event()
        self.gate.set()

    def prepare(self, job: JobView, base: Base) -> TrainSpec:
        """Return the spec that a real run would get; waits while `gate` is closed."""
        self._called("prepare", job.id)
        self.gate.wait(10)
        return new_spec(job, base, ClusterSettings(_env_file=None, max_steps=40))

    def launch(self, job_id: str) -> None:
        """Bring the run to life."""
        self._called("launch", job_id)
        self.alive.add(job_id)

    def was_launched(self, job_id: str) -> bool:
        """Tell whether it lives."""
        self._called("was_launched", job_id)
        return job_id in self.alive

    def look(self, job_id: str, now: float) -> Look:
        """Return what the test says that is to be seen."""
        self._called("look", job_id)
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def stop(self, job_id: str) -> int:
        """End the run."""
        self._called("stop", job_id)
        self.alive.discard(job_id)
        return 0

    def collect(self, job: JobView, version: int) -> NewConcept:
        """Return a concept with no file."""
        self._called("collect", job.id)
        embedding = self.folder.embedding(job.owner.workspace, job.token, version)
        return NewConcept(version, "base", embedding, "ab" * 32, 1, 0.5, ())

    def _called(self, name: str, job_id: str) -> None:
        self.calls.append(f"{name} {job_id}")
        if (trouble := self.troubles.pop(name, None)) is not None:
            raise trouble
