"""How a run ended, from what can be seen of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.error_codes import DISK_FULL, PEER_LOST
from cluster.run_dir import LaunchRecord, ProgressLine, RankFailure, RunResult
from cluster.scoring_work import longest_wait
from cluster.spec import TrainSpec
from cluster.verdict import (
    SILENT_SECONDS,
    STALLED_SECONDS,
    START_SECONDS,
    UNEASY_SECONDS,
    VICTIMS_SECONDS,
    FailureReason,
    Observation,
    judge,
    uneasy,
)

SPEC = TrainSpec(
    job_id="j", token="<x>", initializer="toy", base="/b", base_hash="h", resolution=64,
    deadline_seconds=3600,
)  # fmt: skip
LAUNCHED = LaunchRecord(
    pid=7, pgid=7, process_started=100, started_at=100, host="main", argv=("mpiexec.hydra",)
)
RESULT = RunResult(
    job_id="j", spec_hash=SPEC.hash, backend="gloo", world_size=2, precision="fp32", steps=9,
    best_step=8, initial_eval_loss=0.4, best_eval_loss=0.3, seconds=1, embedding="e",
    rows_sha256="s", stopped_because="flat",
)  # fmt: skip
STEP = ProgressLine(step=3, of=9, loss=0.1, lr=1, seconds_per_step=1, eta_seconds=6, time=149)
PATIENCE = STALLED_SECONDS + longest_wait(SPEC, 2)
RUNNING = Observation(
    alive=True,
    launch=LAUNCHED,
    result=None,
    errors=(),
    heartbeats={0: 150.0, 1: 149.0},
    last_progress=None,
    log_tail="",
)


def _error(rank: int, code: str = "out_of_memory", time: float = 1) -> RankFailure:
    return RankFailure(
        rank=rank, host=f"host-{rank}", code=code, message="It broke.", traceback="", time=time
    )


def _reason(seen: Observation, now: float = 150) -> FailureReason | None:
    verdict = judge(seen, SPEC, now)
    assert verdict is None or not verdict.succeeded
    return None if verdict is None else verdict.reason


def test_a_run_that_goes_on_has_no_verdict() -> None:
    assert judge(RUNNING, SPEC, 150) is None
    assert judge(replace(RUNNING, launch=None, alive=False, heartbeats={}), SPEC, 150) is None


@given(st.booleans(), st.booleans(), st.floats(0, 1e6))
def test_a_run_succeeded_exactly_if_its_result_matches_the_spec(
    alive: bool, failed: bool, now: float
) -> None:
    errors = (_error(0),) if failed else ()
    seen = replace(RUNNING, alive=alive, errors=errors)
    done = judge(replace(seen, result=RESULT), SPEC, now)
    assert done is not None
    assert done.succeeded
    other = judge(replace(seen, result=RESULT.model_copy(update={"spec_hash": "x"})), SPEC, now)
    assert other is not None
    assert not other.succeeded
    without = judge(seen, SPEC, now)
    assert without is None or not without.succeeded


def test_the_earliest_error_is_the_cause() -> None:
    verdict = judge(replace(RUNNING, errors=(_error(3), _error(0))), SPEC, 150)
    assert verdict is not None
    assert (verdict.rank, verdict.host, verdict.message) == (3, "host-3", "It broke.")
    assert verdict.reason is FailureReason.RANK_RAISED
    assert "rank-3.log" in verdict.hint
    assert _reason(replace(RUNNING, errors=(_error(1, "non_finite"),))) is FailureReason.NON_FINITE


def test_a_launcher_that_ended_before_any_rank_failed_to_launch() -> None:
    seen = replace(RUNNING, alive=False, heartbeats={}, log_tail="a\nssh: no route to host\n")
    verdict = judge(seen, SPEC, 150)
    assert verdict is not None
    assert verdict.reason is FailureReason.LAUNCH_FAILED
    assert "no route to host" in verdict.message
    silent = judge(replace(seen, log_tail=""), SPEC, 150)
    assert silent is not None
    assert "it left no word" in silent.message


ABNORMAL = "=   RANK 1 PID 77 RUNNING AT xeon-1\n=   KILLED BY SIGNAL: 9 (Killed)\n"
ON_HOSTS = replace(
    RUNNING, launch=LAUNCHED.model_copy(update={"hosts": ("xeon-0", "xeon-1")}), alive=True
)


def test_a_rank_that_the_launcher_saw_end_is_lost() -> None:
    verdict = judge(replace(ON_HOSTS, alive=False, log_tail=ABNORMAL), SPEC, 150)
    assert verdict is not None
    assert (verdict.reason, verdict.rank) == (FailureReason.RANK_LOST, 1)
    assert verdict.host == "xeon-1"


def test_a_launcher_that_vanished_took_the_run_with_it() -> None:
    gone = replace(RUNNING, alive=False)
    assert _reason(gone, 150 + VICTIMS_SECONDS - 1) is None, "a rank may be about to speak"
    assert _reason(gone, 150 + VICTIMS_SECONDS) is FailureReason.LAUNCHER_LOST


def test_who_lost_a_connection_is_not_the_cause() -> None:
    victim = _error(0, PEER_LOST)
    seen = replace(ON_HOSTS, errors=(victim,), failed_at=140)
    assert _reason(seen, 140 + VICTIMS_SECONDS) is None
    verdict = judge(seen, SPEC, 141 + VICTIMS_SECONDS)
    assert verdict is not None
    assert (verdict.reason, verdict.rank, verdict.host) == (FailureReason.RANK_LOST, 1, "xeon-1")
    raised = judge(replace(seen, errors=(victim, _error(1))), SPEC, 141)
    assert raised is not None
    assert (raised.reason, raised.rank) == (FailureReason.RANK_RAISED, 1)
    named = judge(
        replace(seen, errors=(_error(1, PEER_LOST), _error(0, PEER_LOST)), heartbeats={}), SPEC, 150
    )
    assert named is not None
    assert named.reason is FailureReason.RANK_LOST


def test_one_ssh_that_fails_ends_no_run_whose_ranks_beat() -> None:
    seen = replace(ON_HOSTS, unreachable={"xeon-1": 150.0})
    assert _reason(seen, 149 + UNEASY_SECONDS) is None
    dying = replace(seen, alive=False, heartbeats={0: 150.0, 1: 150.0})
    assert _reason(dying, 151) is None, "its result may be about to come"
    starting = replace(seen, heartbeats={}, unreachable={"xeon-1": 110.0})
    assert _reason(starting, 100 + UNEASY_SECONDS) is None


@pytest.mark.parametrize(
    "seen",
    [
        replace(ON_HOSTS, heartbeats={0: 170.0, 1: 154.0}, unreachable={"xeon-1": 169.0}),
        replace(ON_HOSTS, heartbeats={0: 170.0, 1: 170.0}, unreachable={"xeon-1": 154.0}),
        replace(ON_HOSTS, heartbeats={0: 170.0}, unreachable={"xeon-1": 169.0}),
        replace(
            ON_HOSTS,
            alive=False,
            heartbeats={0: 160.0, 1: 170.0},
            unreachable={"xeon-1": 161.0},
        ),
        replace(ON_HOSTS, alive=False, heartbeats={}, unreachable={"xeon-1": 169.0}),
        replace(ON_HOSTS, errors=(_error(0, PEER_LOST),), unreachable={"xeon-1": 169.0}),
    ],
    ids=["silent", "for_long", "never_beat", "launcher_gone", "nothing_started", "run_over"],
)
def test_a_host_that_does_not_answer_is_lost_once_it_cannot_be_chance(seen: Observation) -> None:
    verdict = judge(seen, SPEC, 170)
    assert verdict is not None
    assert (verdict.reason, verdict.host) == (FailureReason.HOST_LOST, "xeon-1")
    assert "xeon-1" in verdict.message


def test_a_host_where_no_rank_could_be_started_is_named() -> None:
    log = "[mpiexec@a] check_exit_codes: unable to run bstrap_proxy on xeon-1 (pid 9, exit 65280)"
    verdict = judge(replace(ON_HOSTS, alive=False, heartbeats={}, log_tail=log), SPEC, 150)
    assert verdict is not None
    assert (verdict.reason, verdict.host) == (FailureReason.LAUNCH_FAILED, "xeon-1")


@pytest.mark.parametrize(
    ("seen", "now", "asked"),
    [
        (ON_HOSTS, 114, False),
        (ON_HOSTS, 116, True),
        (replace(ON_HOSTS, moved_at=149), 150, False),
        (replace(ON_HOSTS, moved_at=149), 165, True),
        (replace(ON_HOSTS, moved_at=149, alive=False), 150, True),
        (replace(ON_HOSTS, moved_at=149, errors=(_error(0),)), 150, True),
        (replace(ON_HOSTS, result=RESULT), 300, False),
        (RUNNING, 300, False),
    ],
)
def test_hosts_are_asked_only_when_something_is_wrong(
    seen: Observation, now: float, asked: bool
) -> None:
    assert uneasy(replace(seen, heartbeats={0: now, 1: now - 1}), now) is asked
    if not asked and seen.launch and seen.launch.hosts and seen.result is None:
        silent = replace(seen, heartbeats={0: now, 1: now - UNEASY_SECONDS - 1})
        assert uneasy(silent, now)


def test_a_full_disk_is_called_so() -> None:
    seen = replace(RUNNING, errors=(_error(0, PEER_LOST, 1), _error(1, DISK_FULL, 2)))
    assert _reason(seen) is FailureReason.DISK_FULL


def test_ranks_that_live_but_do_not_move_are_stalled() -> None:
    now = 101 + PATIENCE
    seen = replace(RUNNING, heartbeats={0: now, 1: now})
    assert _reason(seen, now) is FailureReason.STALLED
    assert _reason(replace(seen, moved_at=now - 1), now) is None
    assert judge(seen, SPEC.model_copy(update={"compile_unet": True}), now) is None


def test_a_run_that_is_measured_on_few_cores_is_not_given_up() -> None:
    scored = SPEC.model_copy(update={"score": True, "clip": "a model"})
    now = 101 + STALLED_SECONDS + longest_wait(scored, 1)
    seen = replace(RUNNING, heartbeats={0: now})
    assert judge(seen, scored, now - 1) is None
    assert judge(seen, SPEC.model_copy(update={"score": False}), now - 1) is not None


@pytest.mark.parametrize(
    ("now", "reason"),
    [(149 + SILENT_SECONDS, None), (150 + SILENT_SECONDS, FailureReason.RANK_LOST)],
)
def test_a_silent_rank_is_lost(now: float, reason: FailureReason | None) -> None:
    assert _reason(RUNNING, now) is reason


@pytest.mark.parametrize(
    ("now", "reason"),
    [(100 + START_SECONDS, None), (101 + START_SECONDS, FailureReason.STALLED)],
)
def test_ranks_have_some_time_to_start(now: float, reason: FailureReason | None) -> None:
    assert _reason(replace(RUNNING, heartbeats={}), now) is reason


def test_a_run_has_a_deadline() -> None:
    seen = replace(RUNNING, heartbeats={0: 3700.0, 1: 3701.0}, moved_at=3699.0)
    assert _reason(seen, 3700) is None
    assert _reason(seen, 3701) is FailureReason.DEADLINE


@pytest.mark.parametrize("hours", [-2, 2])
def test_the_clock_of_a_host_decides_nothing(hours: int) -> None:
    now = 300.0 + PATIENCE
    theirs = now + hours * 3600
    beating = replace(ON_HOSTS, heartbeats={0: now, 1: now}, moved_at=now - 1)
    moves = replace(beating, last_progress=STEP.model_copy(update={"time": theirs}))
    assert not uneasy(moves, now)
    assert _reason(moves, now) is None
    stands = replace(moves, moved_at=now - PATIENCE - 1)
    assert uneasy(stands, now)
    assert _reason(stands, now) is FailureReason.STALLED
    lost = (_error(0, PEER_LOST, time=theirs), _error(1, PEER_LOST, time=theirs))
    early = replace(beating, errors=lost, failed_at=now - VICTIMS_SECONDS)
    assert _reason(early, now) is None, "a rank may be about to say what it died of"
    late = replace(early, failed_at=now - VICTIMS_SECONDS - 1)
    assert _reason(late, now) is FailureReason.RANK_LOST
