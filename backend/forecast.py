"""When a waiting job will be ready, told from what jobs here have taken so far. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

FEWEST = 3
"""Jobs that a forecast needs: of one or two, a median says nothing."""
REMEMBERED = 30
"""Newest jobs that are looked at: hosts come and go, and settings change."""


@dataclass(frozen=True, slots=True)
class Past:
    """A job that became ready: from its taking to its concept, and its steps."""

    seconds: float
    steps: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Seconds until a job begins, and until it is ready, as told by so many past `jobs`."""

    begins_in: float
    ready_in: float
    jobs: int


def seconds_a_step(past: Sequence[Past]) -> float | None:
    """Return the median of seconds a step, all else that a job does included; None if unknown."""
    known = [job.seconds / job.steps for job in past if job.steps > 0 and job.seconds > 0]
    return median(known) if len(known) >= FEWEST else None


def forecast(
    past: Sequence[Past],
    left_of_running: Sequence[float | None],
    steps_ahead: Sequence[int],
    steps: int,
    slots: int,
) -> Forecast | None:
    """Return when a job of `steps` steps begins and is ready; None where nothing is known.

    `left_of_running` are the steps that the jobs in hand still have (None: unknown, as of one
    that is being stopped, counts as none), `steps_ahead` those of the jobs before it in line,
    `slots` how many jobs run side by side. Steps are limits: runs that flatten end earlier.
    """
    pace = seconds_a_step(past)
    if pace is None:
        return None
    free = sorted((left or 0.0) * pace for left in left_of_running)
    # Slots that nobody uses are free now; where there are more jobs in hand than slots of this
    # process, another process has its own.
    free = [0.0] * max(0, slots - len(free)) + free
    for ahead in steps_ahead:
        free[0] += ahead * pace
        free.sort()
    return Forecast(free[0], free[0] + steps * pace, len(past))
