"""States of jobs, renders and pictures, and the moves between them. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class JobState(StrEnum):
    """Where a training job stands."""

    QUEUED = "queued"
    """Waits for its turn."""
    PREPARING = "preparing"
    """Taken by a dispatcher: pictures are being prepared, the run is about to be launched."""
    RUNNING = "running"
    """A process group trains it."""
    STOPPING = "stopping"
    """Somebody cancelled it; its processes are being stopped."""
    READY = "ready"
    """Its concept exists."""
    FAILED = "failed"
    """It ended without a concept; the failure says why."""
    CANCELLED = "cancelled"
    """Somebody cancelled it and nothing of it runs any more."""


class JobEvent(StrEnum):
    """What can happen to a training job."""

    TAKEN = "taken"
    """A dispatcher takes it from the queue."""
    LAUNCHED = "launched"
    """Its run was started."""
    SUCCEEDED = "succeeded"
    """Its run left a result, and the concept is stored."""
    FAILED = "failed"
    """Its run failed for good."""
    RETRIED = "retried"
    """Its run failed for a reason that another attempt may cure."""
    CANCEL_ASKED = "cancel_asked"
    """Its owner wants it to end."""
    RETRY_ASKED = "retry_asked"
    """Somebody wants another attempt of what has failed."""
    STOPPED = "stopped"
    """No process of it is left."""


class RenderState(StrEnum):
    """Where a request for pictures stands."""

    QUEUED = "queued"
    """No picture of it was begun."""
    DRAWING = "drawing"
    """Some pictures are being drawn or are finished, others are not."""
    DONE = "done"
    """Every picture is finished."""
    FAILED = "failed"
    """A picture could not be drawn; finished ones are kept."""
    CANCELLED = "cancelled"
    """Somebody cancelled it; finished pictures are kept."""


class PictureState(StrEnum):
    """Where one picture of a render stands."""

    QUEUED = "queued"
    """Waits for a worker."""
    DRAWING = "drawing"
    """A worker holds a lease on it."""
    DONE = "done"
    """It is on disk, or was held back by the safety checker. Never drawn again."""
    FAILED = "failed"
    """It could not be drawn."""
    CANCELLED = "cancelled"
    """Its render ended before it was drawn."""


ACTIVE_JOBS = frozenset({JobState.QUEUED, JobState.PREPARING, JobState.RUNNING, JobState.STOPPING})
HELD_JOBS = frozenset({JobState.PREPARING, JobState.RUNNING, JobState.STOPPING})
"""States in which a dispatcher is responsible for the job."""
ENDED_JOBS = frozenset(JobState) - ACTIVE_JOBS
OPEN_RENDERS = frozenset({RenderState.QUEUED, RenderState.DRAWING})
OPEN_PICTURES = frozenset({PictureState.QUEUED, PictureState.DRAWING})

_MOVES: Mapping[JobState, Mapping[JobEvent, JobState]] = {
    JobState.QUEUED: {
        JobEvent.TAKEN: JobState.PREPARING,
        JobEvent.CANCEL_ASKED: JobState.CANCELLED,
    },
    JobState.PREPARING: {
        JobEvent.LAUNCHED: JobState.RUNNING,
        JobEvent.FAILED: JobState.FAILED,
        JobEvent.RETRIED: JobState.QUEUED,
        JobEvent.CANCEL_ASKED: JobState.STOPPING,
    },
    JobState.RUNNING: {
        JobEvent.SUCCEEDED: JobState.READY,
        JobEvent.FAILED: JobState.FAILED,
        JobEvent.RETRIED: JobState.QUEUED,
        JobEvent.CANCEL_ASKED: JobState.STOPPING,
    },
    JobState.STOPPING: {
        JobEvent.STOPPED: JobState.CANCELLED,
        JobEvent.CANCEL_ASKED: JobState.STOPPING,
    },
    JobState.FAILED: {JobEvent.RETRY_ASKED: JobState.QUEUED},
}


def after(state: JobState, event: JobEvent) -> JobState | None:
    """Return the state that `event` leads to from `state`, None if it cannot happen there."""
    return _MOVES.get(state, {}).get(event)


def render_state(pictures: Iterable[PictureState]) -> RenderState:
    """Return the state of a render, which follows from the states of its pictures.

    Raises ValueError when there are no pictures: such a render is never stored.
    """
    states = frozenset(pictures)
    if not states:
        raise ValueError("a render has at least one picture")
    if PictureState.FAILED in states:
        return RenderState.FAILED
    if PictureState.CANCELLED in states:
        return RenderState.CANCELLED
    if states == {PictureState.DONE}:
        return RenderState.DONE
    if states == {PictureState.QUEUED}:
        return RenderState.QUEUED
    return RenderState.DRAWING
