"""Tables, and nothing else. Times are UTC, paths are relative to the data folder."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from backend.jobs import ACTIVE_JOBS, JobState, PictureState, RenderState
from backend.notes import KeptNote
from backend.views import DeliveryKind, ShareKind
from cluster.spec import LearnableProperty


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in UTC on every database; SQLite itself would forget the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into UTC; a naive one is a mistake (ValueError)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without time zone reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database gives back into an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _words(kind: type[StrEnum]) -> Enum:
    """Store an enum as its words, so that a new member needs no new database type."""
    return Enum(
        kind, native_enum=False, length=24, values_callable=lambda enum: [m.value for m in enum]
    )


_ACTIVE = text("state IN (" + ", ".join(f"'{s}'" for s in sorted(ACTIVE_JOBS)) + ")")


class Table(DeclarativeBase):
    """Common ground of the tables."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        JobState: _words(JobState),
        RenderState: _words(RenderState),
        PictureState: _words(PictureState),
        DeliveryKind: _words(DeliveryKind),
        LearnableProperty: _words(LearnableProperty),
        ShareKind: _words(ShareKind),
        list[str]: JSON,
        list[float]: JSON,
        dict[str, Any]: JSON,
        str: Text,
    }


class IncomingRow(Table):
    """A command that came in, kept from before its acknowledgement until it is settled."""

    __tablename__ = "incoming"

    event_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    kind: Mapped[str]
    body: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)


class JobRow(Table):
    """A training job."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "uq_jobs_active_token",
            "workspace",
            "token",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    workspace: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str | None]
    user: Mapped[str]
    state: Mapped[JobState] = mapped_column(index=True)
    token: Mapped[str]
    initializer: Mapped[str]
    learnable_property: Mapped[LearnableProperty]
    notes: Mapped[list[KeptNote]] = mapped_column(JSON)
    queue_position: Mapped[int | None]
    attempt: Mapped[int]
    held_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    step: Mapped[int]
    max_steps: Mapped[int]
    loss: Mapped[float | None]
    eval_loss: Mapped[float | None]
    curve: Mapped[list[float]]
    eta_seconds: Mapped[float | None]
    preview: Mapped[str | None]
    failure_reason: Mapped[str | None]
    failure_message: Mapped[str | None]
    failure_hint: Mapped[str | None]
    failure_host: Mapped[str | None]
    failure_log: Mapped[str | None]
    options: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    goes_on_from: Mapped[str | None] = mapped_column(String(32))
    hosts: Mapped[dict[str, bool] | None] = mapped_column(JSON)
    keep_asked: Mapped[bool] = mapped_column(default=False)
    is_further: Mapped[bool] = mapped_column(default=False)
    """Whether it was asked for a further version of a concept that was there."""
    evaluating: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int]


class UploadRow(Table):
    """A picture that a job learns from. `source` is where it came from, in the caller's words."""

    __tablename__ = "uploads"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    path: Mapped[str]
    source: Mapped[str]


class ConceptRow(Table):
    """A token of a workspace and who taught it. `current` None stands for the highest version."""

    __tablename__ = "concepts"
    __table_args__ = (UniqueConstraint("workspace", "token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    token: Mapped[str]
    user: Mapped[str]
    created_at: Mapped[datetime]
    current: Mapped[int | None]
    is_private: Mapped[bool] = mapped_column(default=False)


class ConceptShareRow(Table):
    """Somebody or some channel that a private concept is shared with."""

    __tablename__ = "concept_shares"

    concept_id: Mapped[int] = mapped_column(
        ForeignKey("concepts.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[ShareKind] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)


class ConceptVersionRow(Table):
    """One set of learned rows of a concept; see `ConceptRow.current` for the one in use."""

    __tablename__ = "concept_versions"

    concept_id: Mapped[int] = mapped_column(
        ForeignKey("concepts.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    checkpoint_of: Mapped[str | None] = mapped_column(String(32))
    checkpoint_step: Mapped[int | None]
    initializer: Mapped[str]
    learnable_property: Mapped[LearnableProperty]
    base_hash: Mapped[str]
    embedding: Mapped[str]
    sha256: Mapped[str]
    vectors: Mapped[int]
    improvement: Mapped[float | None]
    scores: Mapped[dict[str, float] | None] = mapped_column(JSON)
    samples: Mapped[list[str]]
    created_at: Mapped[datetime]


class RenderRow(Table):
    """A request for pictures."""

    __tablename__ = "renders"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    workspace: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str | None]
    user: Mapped[str]
    state: Mapped[RenderState] = mapped_column(index=True)
    prompt: Mapped[str]
    negative_prompt: Mapped[str]
    count: Mapped[int]
    steps: Mapped[int]
    guidance: Mapped[float]
    sampler: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int]
    height: Mapped[int]
    failure_reason: Mapped[str | None]
    failure_message: Mapped[str | None]
    failure_hint: Mapped[str | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class PictureRow(Table):
    """One picture of a render, with the lease of the worker that draws it."""

    __tablename__ = "pictures"
    __table_args__ = (
        Index("ix_pictures_state_created_at", "state", "created_at"),
        Index("ix_pictures_claimed_at", "claimed_at"),
    )

    render_id: Mapped[str] = mapped_column(
        ForeignKey("renders.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[PictureState]
    batch_group: Mapped[str]
    recipe: Mapped[dict[str, Any]]
    enlarges: Mapped[str | None]
    ticket: Mapped[str | None]
    worker: Mapped[str | None]
    attempt: Mapped[int]
    step: Mapped[int]
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    path: Mapped[str | None]
    held_back: Mapped[bool]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OutboxRow(Table):
    """Something owed to a place: due while `wanted` is ahead of `shown`."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[DeliveryKind]
    subject: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str | None]
    note: Mapped[str | None]
    wanted: Mapped[int]
    shown: Mapped[int]
    receipt: Mapped[str | None]
    attempt: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
