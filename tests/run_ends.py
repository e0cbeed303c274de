"""Waiting for what becomes of a run, as the dispatcher waits: by looking."""

import time
from collections.abc import Callable

import pytest

from backend.runs import launch_here
from cluster.launcher import Leftovers, observe, stop, with_log
from cluster.run_dir import RunDir
from cluster.settings import ClusterSettings
from cluster.verdict import Verdict, judge

PATIENCE = 1200.0
"""Seconds after which a test gives up; far more than it takes on a machine with other work."""
_NAMED_SECONDS = 60.0
"""Every fault is promised to have its name by then; on these hosts the slowest took 39."""
_SWEPT_SECONDS = 30.0
"""And nothing of the run to be left so much later; it took 11."""
LONG = 100_000
"""Steps of a run that does not end by itself."""


def end_of(run: RunDir) -> Verdict:
    """Wait for the verdict."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        now = time.time()
        verdict = judge(observe(run, now), run.spec(), now)
        if verdict is not None:
            return with_log(run, verdict)
        time.sleep(0.5)
    pytest.fail(f"no verdict after {PATIENCE} s; see {run.path}")


def _start_seconds(run: RunDir) -> float:
    """How long the run took to its first step or error: how slow this machine is just now."""
    record = run.launch_record()
    assert record is not None
    signs = [*(line.time for line in run.progress()), *(error.time for error in run.errors())]
    return min(signs) - record.started_at if signs else 0.0


def end_after_fault(run: RunDir, fault: str) -> Verdict:
    """Wait for the verdict on a fault that has just been injected; it must come as promised."""
    began = time.monotonic()
    verdict = end_of(run)
    seconds = time.monotonic() - began
    print(f"\n{fault}: {verdict.reason} after {seconds:.0f} s")
    assert seconds < _NAMED_SECONDS + _start_seconds(run)
    return verdict


def sweep(run: RunDir) -> Leftovers:
    """End what is left of the run, as promised."""
    began = time.monotonic()
    left = stop(run)
    seconds = time.monotonic() - began
    print(f"swept in {seconds:.0f} s")
    assert seconds < _SWEPT_SECONDS + _start_seconds(run)
    return left


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something is true."""
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit, what
        time.sleep(0.1)


def steps(run: RunDir) -> int:
    """How many steps are known of; looks at the run first."""
    observe(run)
    return len(run.progress())


def at_work(run: RunDir, settings: ClusterSettings) -> RunDir:
    """Start a run and wait for its first steps."""
    launch_here(run, settings)
    until(lambda: steps(run) > 2 or bool(run.errors()), "the first steps")
    assert not run.errors(), run.errors()
    return run
