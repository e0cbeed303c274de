"""From what can be seen of a run to how it ended. Pure: time is an argument."""

from dataclasses import dataclass
from enum import StrEnum

from cluster.run_dir import LaunchRecord, ProgressLine, RankFailure, RunResult
from cluster.spec import TrainSpec


class FailureReason(StrEnum):
    """Why a run ended without a concept."""

    RANK_RAISED = "rank_raised"
    """A rank met an error of the job itself."""
    NON_FINITE = "non_finite"
    """The loss or the rows became NaN, infinite or absurdly large."""
    RANK_LOST = "rank_lost"
    """A rank vanished without leaving an error: killed, or its host is gone."""
    LAUNCH_FAILED = "launch_failed"
    """The launcher ended before any rank had started."""
    LAUNCHER_LOST = "launcher_lost"
    """The launcher vanished while ranks were at work."""
    STALLED = "stalled"
    """Ranks live but none has moved for a long time."""
    DEADLINE = "deadline"
    """The run took longer than it was given."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What can be seen of a run at one moment."""

    alive: bool
    """Whether the launcher runs."""
    launch: LaunchRecord | None
    result: RunResult | None
    errors: tuple[RankFailure, ...]
    """Earliest first."""
    heartbeats: dict[int, float]
    """Seconds since the epoch of each rank's last sign of life."""
    last_progress: ProgressLine | None
    log_tail: str
    """The last lines the launcher wrote."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended."""

    succeeded: bool
    reason: FailureReason | None = None
    message: str = ""
    hint: str = ""
    host: str | None = None
    rank: int | None = None


START_SECONDS = 300.0
"""How long ranks may take to their first heartbeat: importing and loading a base from disk."""
SILENT_SECONDS = 60.0
"""A rank's heartbeat comes every two seconds, from a thread, whatever the step costs."""


def _failed(reason: FailureReason, message: str, hint: str, **where: object) -> Verdict:
    host, rank = where.get("host"), where.get("rank")
    return Verdict(
        False,
        reason,
        message,
        hint,
        host if isinstance(host, str) else None,
        rank if isinstance(rank, int) else None,
    )


def _of_error(error: RankFailure) -> Verdict:
    reason = FailureReason.NON_FINITE if error.code == "non_finite" else FailureReason.RANK_RAISED
    return _failed(
        reason,
        error.message,
        error.hint or f"See log/rank-{error.rank}.log in the run folder.",
        host=error.host,
        rank=error.rank,
    )


def judge(seen: Observation, spec: TrainSpec, now: float) -> Verdict | None:
    """How the run ended, or None while it goes on.

    A run succeeded if and only if its result matches the spec: an exit code proves nothing under
    MPI. The earliest rank's error is the root cause; the others are its victims.
    """
    if seen.result is not None:
        if seen.result.spec_hash == spec.hash:
            return Verdict(True)
        return _failed(
            FailureReason.RANK_RAISED,
            "The run folder holds the result of another run.",
            "Start the job again; it gets a folder of its own.",
        )
    if seen.errors:
        return _of_error(seen.errors[0])
    if seen.launch is None:
        return None
    age = now - seen.launch.started_at
    if not seen.alive:
        if not seen.heartbeats:
            last = seen.log_tail.strip().splitlines()[-1:] or ["it left no word"]
            return _failed(
                FailureReason.LAUNCH_FAILED,
                f"The launcher ended before a rank had started: {last[0][:200]}",
                "See log/launcher.log in the run folder.",
                host=seen.launch.host,
            )
        missing = min(seen.heartbeats, key=lambda rank: seen.heartbeats[rank])
        return _failed(
            FailureReason.RANK_LOST,
            f"Rank {missing} vanished without an error, and the run with it.",
            "It may have been killed, or its host ran out of memory.",
            host=seen.launch.host,
            rank=missing,
        )
    if age > spec.deadline_seconds:
        return _failed(
            FailureReason.DEADLINE,
            f"The run took longer than the {spec.deadline_seconds / 60:.0f} minutes it was given.",
            "Give it fewer steps, or raise FIGMENT_JOB_DEADLINE_MINUTES.",
        )
    if not seen.heartbeats:
        if age > START_SECONDS:
            return _failed(
                FailureReason.STALLED,
                "No rank has started.",
                "See log/launcher.log in the run folder.",
                host=seen.launch.host,
            )
        return None
    rank, beat = min(seen.heartbeats.items(), key=lambda pair: pair[1])
    if now - beat > SILENT_SECONDS:
        return _failed(
            FailureReason.RANK_LOST,
            f"Rank {rank} gave no sign of life for {now - beat:.0f} seconds.",
            "Its process was killed or its host does not answer.",
            host=seen.launch.host,
            rank=rank,
        )
    return None
