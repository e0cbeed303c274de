"""From what can be seen of a run to how it ended. Pure: time is an argument."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cluster.error_codes import DISK_FULL, NON_FINITE, PEER_LOST
from cluster.run_dir import LaunchRecord, ProgressLine, RankFailure, RunResult
from cluster.scoring_work import longest_wait
from cluster.spec import TrainSpec


class FailureReason(StrEnum):
    """Why a run ended without a concept."""

    RANK_RAISED = "rank_raised"
    """A rank met an error of the job itself."""
    NON_FINITE = "non_finite"
    """The loss or the rows became NaN, infinite or absurdly large."""
    RANK_LOST = "rank_lost"
    """A rank vanished without leaving an error: it was killed."""
    HOST_LOST = "host_lost"
    """A host of the run does not answer any more."""
    DISK_FULL = "disk_full"
    """A host has no room left for the run's files."""
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
    moved_at: float | None = None
    """When the last step came to be in the run folder, in seconds since the epoch of the folder's
    clock: what a rank says of the time is by the clock of its host."""
    failed_at: float | None = None
    """When the first error did, by the same clock."""
    unreachable: Mapping[str, float] = field(default_factory=dict)
    """Hosts that let nobody in, and since when, in seconds since the epoch. Only looked for when
    something is not as it should be."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended."""

    succeeded: bool
    reason: FailureReason | None = None
    message: str = ""
    hint: str = ""
    host: str | None = None
    rank: int | None = None
    log: str = ""
    """The last lines of that rank's log, or of the launcher's."""


START_SECONDS = 300.0
"""How long ranks may take to their first heartbeat: importing and loading a base from disk."""
UNEASY_SECONDS = 15.0
"""After so long without a heartbeat or a step, it is worth asking whether the hosts are there."""
SILENT_SECONDS = 30.0
"""A rank's heartbeat comes every two seconds, from a thread, whatever the step costs."""
STALLED_SECONDS = 900.0
"""How much longer than ranks may wait for each other none has moved when a run is given up."""
VICTIMS_SECONDS = 8.0
"""How long after the first lost connection it is clear which rank is silent."""
_ABNORMAL = re.compile(r"RANK (\d+) PID \d+ RUNNING AT (\S+)")
_NO_PROXY = re.compile(r"unable to run \S*proxy on (\S+)", re.IGNORECASE)


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


_REASONS = {
    NON_FINITE: FailureReason.NON_FINITE,
    DISK_FULL: FailureReason.DISK_FULL,
    PEER_LOST: FailureReason.RANK_LOST,
}


def _of_error(error: RankFailure) -> Verdict:
    return _failed(
        _REASONS.get(error.code, FailureReason.RANK_RAISED),
        error.message,
        error.hint or f"See log/rank-{error.rank}.log in the run folder.",
        host=error.host,
        rank=error.rank,
    )


def uneasy(seen: Observation, now: float) -> bool:
    """Whether it should be looked whether the hosts answer: it costs an ssh to each."""
    if seen.launch is None or seen.result is not None or not seen.launch.hosts:
        return False
    moved = max(seen.launch.started_at, seen.moved_at or 0.0)
    beats = [*seen.heartbeats.values()]
    silent = bool(beats) and now - min(beats) > UNEASY_SECONDS
    return silent or bool(seen.errors) or not seen.alive or now - moved > UNEASY_SECONDS


def judge(seen: Observation, spec: TrainSpec, now: float) -> Verdict | None:
    """How the run ended, or None while it goes on.

    A run succeeded if and only if its result matches the spec: an exit code proves nothing under
    MPI. The earliest error that is a rank's own is the root cause; ranks that lost a connection
    are its victims, and so is whoever the launcher happens to name.
    """
    if seen.result is not None:
        if seen.result.spec_hash == spec.hash:
            return Verdict(True)
        return _failed(
            FailureReason.RANK_RAISED,
            "The run folder holds the result of another run.",
            "Start the job again; it gets a folder of its own.",
        )
    causes = [error for error in seen.errors if error.code != PEER_LOST]
    if causes:
        return _of_error(causes[0])
    if seen.launch is None:
        return None
    if lost := _lost_hosts(seen, seen.launch, now):
        return _host_lost(lost)
    if seen.errors and now - (seen.failed_at or now) > VICTIMS_SECONDS:
        return _lost_by_others(seen, seen.launch, now) or _of_error(seen.errors[0])
    if not seen.alive:
        return _launcher_ended(seen, seen.launch, now)
    return _of_time(seen, seen.launch, spec, now)


def _lost_hosts(seen: Observation, record: LaunchRecord, now: float) -> tuple[str, ...]:
    """Hosts that let nobody in and whose ranks are silent, or that have let nobody in for long.

    An ssh may fail on a host that is well. Where the run is over anyway, one is enough.
    """
    if seen.errors or not (seen.alive or seen.heartbeats):
        return tuple(seen.unreachable)
    patience = UNEASY_SECONDS if seen.alive else VICTIMS_SECONDS
    beats = dict.fromkeys(seen.unreachable, record.started_at)
    for rank, beat in seen.heartbeats.items():
        host = record.host_of(rank)
        beats[host] = max(beat, beats.get(host, beat))
    return tuple(
        host
        for host, since in seen.unreachable.items()
        if now - beats[host] > patience or now - since > patience
    )


def _host_lost(hosts: tuple[str, ...]) -> Verdict:
    return _failed(
        FailureReason.HOST_LOST,
        f"The host {' and '.join(hosts)} does not answer any more.",
        "See whether it is on and its network is up; `figment doctor` says when it is well again.",
        host=hosts[0],
    )


def _rank_lost(record: LaunchRecord, rank: int, how: str) -> Verdict:
    host = record.host_of(rank)
    return _failed(
        FailureReason.RANK_LOST,
        f"Rank {rank} on {host} {how}",
        "It may have been killed, for instance because its host ran out of memory.",
        host=host,
        rank=rank,
    )


def _lost_by_others(seen: Observation, record: LaunchRecord, now: float) -> Verdict | None:
    """The rank that left no error while the others lost their connections."""
    if killed := _ABNORMAL.search(seen.log_tail):
        number = int(killed.group(1))
        if number not in {error.rank for error in seen.errors}:
            return _rank_lost(record, number, "ended without leaving an error.")
    told = {error.rank for error in seen.errors}
    silent = {rank: beat for rank, beat in seen.heartbeats.items() if rank not in told}
    if not silent:
        return None
    rank, beat = min(silent.items(), key=lambda pair: pair[1])
    return _rank_lost(record, rank, f"fell silent {now - beat:.0f} seconds ago.")


def _launcher_ended(seen: Observation, record: LaunchRecord, now: float) -> Verdict | None:
    if not seen.heartbeats:
        refused = _NO_PROXY.search(seen.log_tail)
        last = seen.log_tail.strip().splitlines()[-1:] or ["it left no word"]
        return _failed(
            FailureReason.LAUNCH_FAILED,
            f"No rank could be started on {refused.group(1)}."
            if refused
            else f"The launcher ended before a rank had started: {last[0][:200]}",
            "`figment doctor` says what is wrong with it." if refused else _LAUNCHER_LOG,
            host=refused.group(1) if refused else record.host,
        )
    if killed := _ABNORMAL.search(seen.log_tail):
        return _rank_lost(record, int(killed.group(1)), "ended without leaving an error.")
    # Its ranks may be about to say what they died of.
    if not seen.errors and now - max(seen.heartbeats.values()) < VICTIMS_SECONDS:
        return None
    return _failed(
        FailureReason.LAUNCHER_LOST,
        "Intel MPI's launcher vanished, and the run with it.",
        _LAUNCHER_LOG,
        host=record.host,
    )


def _of_time(
    seen: Observation, record: LaunchRecord, spec: TrainSpec, now: float
) -> Verdict | None:
    age = now - record.started_at
    if age > spec.deadline_seconds:
        return _failed(
            FailureReason.DEADLINE,
            f"The run took longer than the {spec.deadline_seconds / 60:.0f} minutes it was given.",
            "Give it fewer steps, or raise FIGMENT_JOB_DEADLINE_MINUTES.",
        )
    if not seen.heartbeats:
        return None if age <= START_SECONDS else _stalled("No rank has started.", record)
    rank, beat = min(seen.heartbeats.items(), key=lambda pair: pair[1])
    if now - beat > SILENT_SECONDS:
        return _rank_lost(record, rank, f"gave no sign of life for {now - beat:.0f} seconds.")
    patience = STALLED_SECONDS + longest_wait(spec, len(seen.heartbeats))
    if now - max(record.started_at, seen.moved_at or 0.0) > patience:
        return _stalled("All ranks live, but none has moved for a long time.", record)
    return None


_LAUNCHER_LOG = "See log/launcher.log in the run folder."


def _stalled(message: str, record: LaunchRecord) -> Verdict:
    return _failed(FailureReason.STALLED, message, _LAUNCHER_LOG, host=record.host)
