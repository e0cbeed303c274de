"""What callers of the service see: frozen pictures of rows, never the rows themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import JsonValue

from backend.forecast import Forecast
from backend.job_options import NO_OPTIONS, JobOptions
from backend.jobs import JobState, RenderState
from backend.notes import Note
from backend.people import Person, Place
from backend.recipe import Recipe, Sampler
from cluster.embedding_formats import EmbeddingFormat
from cluster.run_dir import NOT_SCORED, Scores
from cluster.spec import LearnableProperty
from cluster.told import Told


class DeliveryKind(StrEnum):
    """What the outbox owes somebody."""

    CARD = "card"
    """The card of a job, to be posted or brought up to date. One for each job."""
    PICTURES = "pictures"
    """What came of a render, once it has ended. One for each render."""
    NOTE = "note"
    """A sentence."""


class ShareKind(StrEnum):
    """Whom a private concept can be shared with."""

    PERSON = "person"
    """Somebody."""
    CHANNEL = "channel"
    """Whoever asks in a channel."""


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody, or some channel, by id."""

    kind: ShareKind
    subject: str


@dataclass(frozen=True, slots=True)
class CheckpointOf:
    """The step of a job's run that somebody chose as a version of its concept."""

    job_id: str
    step: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something ended badly. `reason` is a stable code, `hint` what to do about it.

    `log` is the last lines of the log that tells most, for whoever looks after the machines.
    """

    reason: str
    message: str
    hint: str = ""
    host: str | None = None
    log: str = ""


@dataclass(frozen=True, slots=True)
class ConceptView:
    """A learned concept. `improvement` is the share of the evaluation loss that it took away.

    `job_id` is None, and `initializer` may be empty, for one that was imported from a file.
    One that was chosen among the checkpoints of a job has no `job_id` either, but a `checkpoint`.
    A private one is there for its owner and for whom it is in `shares` with, and nobody else.
    """

    token: str
    version: int
    owner: Person
    initializer: str
    learnable_property: LearnableProperty
    base_hash: str
    sha256: str
    vectors: int
    embedding: Path
    created_at: datetime
    improvement: float | None
    samples: tuple[Path, ...]
    job_id: str | None
    scores: Scores = NOT_SCORED
    is_private: bool = False
    shares: frozenset[Share] = frozenset()
    checkpoint: CheckpointOf | None = None

    @property
    def is_imported(self) -> bool:
        """Whether it came from a file, and not from a job here."""
        return self.job_id is None and self.checkpoint is None


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a concept, who made it, and whether it is the one that is drawn with."""

    concept: ConceptView
    by: Person
    is_current: bool


@dataclass(frozen=True, slots=True)
class StatusView:
    """How busy everything is, whoever keeps it so. Times in seconds; None: nothing to go by.

    `workers` are those that draw at this moment. What was waited lately is the median of the last
    twenty that were begun.
    """

    slots: int
    jobs_in_work: int
    jobs_waiting: int
    workers: int
    pictures_in_work: int
    pictures_waiting: int
    job_wait_seconds: float | None
    job_seconds: float | None
    picture_wait_seconds: float | None
    is_paused: bool
    is_draining: bool


@dataclass(frozen=True, slots=True)
class ImportView:
    """What came of an import.

    `is_new` is False if the concept had these very rows already: then nothing was changed.
    `warnings` say what is unusual in the file.
    """

    concept: ConceptView
    is_new: bool
    format: EmbeddingFormat
    warnings: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class JobView:
    """A training job. `curve` holds the evaluation losses so far, oldest first.

    `queue_position` is 1 for the next one, None when it does not wait; `revision` grows whenever
    something changed that its card shows. `goes_on_from` is the job whose rows it trains longer,
    `hosts` says of each host of its run whether all its ranks gave a sign of life, `keep_asked`
    that it is to end with what it has, `evaluating` that its last step is behind it. `forecast`
    is only told of a job that waits, where enough is known.
    """

    id: str
    state: JobState
    token: str
    initializer: str
    learnable_property: LearnableProperty
    owner: Person
    place: Place
    pictures: tuple[Path, ...]
    notes: tuple[Note, ...]
    queue_position: int | None
    step: int
    max_steps: int
    loss: float | None
    eval_loss: float | None
    curve: tuple[float, ...]
    eta_seconds: float | None
    preview: Path | None
    failure: Failure | None
    concept: ConceptView | None
    attempt: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    revision: int
    options: JobOptions = NO_OPTIONS
    goes_on_from: str | None = None
    hosts: Mapping[str, bool] = field(default_factory=dict)
    keep_asked: bool = False
    evaluating: bool = False
    forecast: Forecast | None = None

    @property
    def was_deleted(self) -> bool:
        """Whether what it taught is not there any more."""
        return self.state is JobState.READY and self.concept is None


@dataclass(frozen=True, slots=True)
class PictureView:
    """One picture of a render. `path` is None until it is done, and when it was held back.

    `step` counts the sampling steps behind it while it is drawn, some seconds ago; else it is 0.
    `is_gone`: it was finished, and its file was deleted later. Where `is_readable` is False,
    another version of Figment wrote the recipe, and what stands for it tells only the render.
    """

    index: int
    seed: int
    path: Path | None
    recipe: Recipe
    held_back: bool
    step: int = 0
    is_gone: bool = False
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class RenderView:
    """A request for pictures. `done` counts the finished ones."""

    id: str
    state: RenderState
    prompt: str
    negative_prompt: str
    owner: Person
    place: Place
    count: int
    steps: int
    guidance: float
    sampler: Sampler
    seed: int
    width: int
    height: int
    done: int
    pictures: tuple[PictureView, ...]
    failure: Failure | None
    queue_position: int | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def step(self) -> int:
        """The sampling steps behind the picture that is furthest among those being drawn."""
        return max((picture.step for picture in self.pictures), default=0)


@dataclass(frozen=True, slots=True)
class QueueView:
    """What has not ended yet, in the order of service. Renders that wait have no pictures here."""

    jobs: tuple[JobView, ...]
    renders: tuple[RenderView, ...]


@dataclass(frozen=True, slots=True)
class HealthView:
    """How busy everything is, and what failed in a workspace in the last day.

    `workers_drawing` counts rendering processes with a picture in hand: one that waits for work
    is not seen.
    """

    slots: int
    slots_in_use: int
    jobs_waiting: int
    pictures_waiting: int
    workers_drawing: int
    jobs_failed: int
    renders_failed: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something owed to a place, claimed by the caller for a while.

    `key` is the idempotency key, `receipt` what the last successful delivery left (a message's
    id), `revision` what to hand back when it is delivered, `attempt` counts from 1.
    """

    id: str
    kind: DeliveryKind
    subject: str
    place: Place
    key: str
    attempt: int
    revision: int
    receipt: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A command as it came in. `body` belongs to the caller; backend only keeps it."""

    event_id: str
    kind: str
    body: dict[str, JsonValue]
    received_at: datetime
