"""Who goes next, what is retried, what is stale, what is worth showing. Pure: `now` is given.

Jobs are served round-robin by person: somebody's second request waits until everybody's first had
its turn. A request that has waited long moves up, so that nobody waits for ever behind a stream
of newcomers.

Pictures are short and many, so people stand in line for them, one picture a turn.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.people import Person
from cluster.verdict import FailureReason

PATIENCE = timedelta(minutes=10)
"""Every such wait counts like one earlier request of the same person having been served."""

MOST_DELIVERY_ATTEMPTS = 12
MOST_PICTURE_ATTEMPTS = 5
"""Enough that workers killed for reasons of their own do not cost a picture, and still an end to
one that kills its workers."""
LONGEST_DELIVERY_PAUSE = timedelta(minutes=5)
_LONGEST_RESTART_PAUSE = timedelta(minutes=1)

_WORTH_ANOTHER_ATTEMPT = frozenset(
    {
        FailureReason.LAUNCH_FAILED,
        FailureReason.LAUNCHER_LOST,
        FailureReason.RANK_LOST,
        FailureReason.HOST_LOST,
    }
)
"""Faults of machines. What the job itself does wrong it would do wrong again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing in a queue. `group` names what can be served together with it."""

    id: str
    by: Person
    since: datetime
    group: str = ""


def fair_order(
    waiting: Sequence[Waiting], in_hand: Mapping[Person, int], now: datetime
) -> tuple[Waiting, ...]:
    """Return `waiting` in the order of service.

    `in_hand` counts what is being served for each person already: it stands before anything of
    theirs that waits. The order does not depend on the order of the arguments.
    """
    turns: dict[Person, int] = defaultdict(int, in_hand)
    ranked: list[tuple[int, datetime, str, Waiting]] = []
    for item in sorted(waiting, key=lambda w: (w.since, w.id)):
        waited = max(0, (now - item.since) // PATIENCE)
        ranked.append((max(0, turns[item.by] - waited), item.since, item.id, item))
        turns[item.by] += 1
    return tuple(entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:3]))


def picture_order(
    waiting: Sequence[Waiting], last_served: Mapping[Person, datetime]
) -> tuple[Waiting, ...]:
    """Return pictures in the order of service: everyone's first, then everyone's second...

    Somebody's place in the line is the time since when they wait for a picture: since one of
    theirs was last begun (`last_served`), or since they asked, if that was later. So who comes
    and who was just served go to its end, and before anyone's next picture there are at most as
    many others as people are waiting: however many pictures somebody asks for, how long theirs
    take, and how many people keep coming. The order does not depend on that of the arguments.
    """
    by_person: dict[Person, list[Waiting]] = defaultdict(list)
    for item in sorted(waiting, key=lambda w: (w.since, w.id)):
        by_person[item.by].append(item)

    def place(person: Person) -> tuple[datetime, bool, datetime, str]:
        oldest = by_person[person][0]
        served = last_served.get(person)
        since = oldest.since if served is None else max(served, oldest.since)
        # At the same moment, who was not served goes first.
        return since, since == served, oldest.since, oldest.id

    line = sorted(by_person, key=place)
    rounds = max(map(len, by_person.values()), default=0)
    return tuple(
        by_person[person][turn]
        for turn in range(rounds)
        for person in line
        if turn < len(by_person[person])
    )


def batch_order(ordered: Sequence[Waiting]) -> tuple[Waiting, ...]:
    """Return those that can be served together with the first of `ordered`, in the same order."""
    return tuple(item for item in ordered if item.group == ordered[0].group)


def job_is_retried(reason: FailureReason, attempt: int, retries: int) -> bool:
    """Tell whether a job that failed in its `attempt` (from 1) gets another one."""
    return reason in _WORTH_ANOTHER_ATTEMPT and attempt <= retries


def picture_is_retried(attempt: int) -> bool:
    """Tell whether a picture whose worker vanished `attempt` times is given to another."""
    return attempt < MOST_PICTURE_ATTEMPTS


def delivery_pause(attempt: int) -> timedelta | None:
    """Return how long to wait after the failed `attempt` (from 1), None to give up."""
    if attempt >= MOST_DELIVERY_ATTEMPTS:
        return None
    return min(timedelta(seconds=2 ** (attempt - 1)), LONGEST_DELIVERY_PAUSE)


def restart_pause(quick_failures: int) -> timedelta:
    """Return how long to wait before a process that died so often in a row is started again."""
    return min(timedelta(seconds=2 ** min(quick_failures, 10) / 2), _LONGEST_RESTART_PAUSE)


def lease_is_stale(lease_until: datetime | None, now: datetime) -> bool:
    """Tell whether nobody holds the thing any more. A thing without lease is free."""
    return lease_until is None or lease_until < now


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of a running job: steps, losses (per-element MSE), ETA in seconds."""

    step: int = 0
    max_steps: int = 0
    loss: float | None = None
    eval_loss: float | None = None
    curve: tuple[float, ...] = ()
    eta_seconds: float | None = None
    preview: str | None = None
    evaluating: bool = False


def looks_different(shown: Progress, new: Progress) -> bool:
    """Tell whether a card that shows `shown` is worth drawing again for `new`.

    A new percent, a new evaluation or a new preview is; a loss or an ETA that moved is not.
    """
    return (
        _percent(shown) != _percent(new)
        or shown.curve != new.curve
        or shown.preview != new.preview
        or shown.max_steps != new.max_steps
        or shown.evaluating != new.evaluating
    )


def _percent(progress: Progress) -> int:
    return 100 * progress.step // max(1, progress.max_steps)
