"""How a run ended, from what can be seen of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.run_dir import LaunchRecord, RankFailure, RunResult
from cluster.spec import TrainSpec
from cluster.verdict import SILENT_SECONDS, START_SECONDS, FailureReason, Observation, judge

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


def test_a_run_that_ended_without_a_word_lost_the_rank_that_fell_silent_first() -> None:
    verdict = judge(replace(RUNNING, alive=False), SPEC, 150)
    assert verdict is not None
    assert (verdict.reason, verdict.rank) == (FailureReason.RANK_LOST, 1)


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
    fresh = {0: 3700.0, 1: 3701.0}
    assert _reason(replace(RUNNING, heartbeats=fresh), 3700) is None
    assert _reason(replace(RUNNING, heartbeats=fresh), 3701) is FailureReason.DEADLINE
