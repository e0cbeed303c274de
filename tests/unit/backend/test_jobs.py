"""States of jobs, renders and pictures."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.jobs import (
    ACTIVE_JOBS,
    ENDED_JOBS,
    HELD_JOBS,
    OPEN_PICTURES,
    OPEN_RENDERS,
    JobEvent,
    JobState,
    PictureState,
    RenderState,
    after,
    render_state,
)


def _walk(events: list[JobEvent]) -> list[JobState]:
    """Return the states that a new job goes through; events that cannot happen change nothing."""
    states = [JobState.QUEUED]
    for event in events:
        states.append(after(states[-1], event) or states[-1])
    return states


def test_of_all_ends_only_a_failure_is_undone_and_only_when_asked() -> None:
    moves = {(state, event): after(state, event) for state in ENDED_JOBS for event in JobEvent}
    found = {key: state for key, state in moves.items() if state is not None}
    assert found == {(JobState.FAILED, JobEvent.RETRY_ASKED): JobState.QUEUED}


@given(
    st.lists(st.sampled_from([e for e in JobEvent if e is not JobEvent.RETRY_ASKED]), max_size=30)
)
def test_a_job_that_has_ended_stays_as_it_is(events: list[JobEvent]) -> None:
    states = _walk(events)
    ended = [state for state in states if state in ENDED_JOBS]
    assert len(set(ended)) <= 1
    assert states[len(states) - len(ended) :] == ended


@given(st.lists(st.sampled_from(JobEvent), max_size=30))
def test_only_a_run_that_went_on_leaves_a_concept(events: list[JobEvent]) -> None:
    states = _walk(events)
    for before, now in pairwise(states):
        if now is JobState.READY and before is not now:
            assert before is JobState.RUNNING
        if now is JobState.RUNNING and before is not now:
            assert before is JobState.PREPARING


@given(st.lists(st.sampled_from(JobEvent), max_size=30))
def test_a_job_whose_owner_cancelled_it_never_becomes_ready_or_waits_again(
    events: list[JobEvent],
) -> None:
    states = _walk([*events, JobEvent.CANCEL_ASKED, *events])
    at = len(events) + 1
    if states[at] in (JobState.STOPPING, JobState.CANCELLED):
        assert set(states[at:]) <= {JobState.STOPPING, JobState.CANCELLED}


@pytest.mark.parametrize("state", sorted(ACTIVE_JOBS))
def test_every_active_job_can_be_cancelled(state: JobState) -> None:
    cancelled = after(state, JobEvent.CANCEL_ASKED)
    assert cancelled is (JobState.CANCELLED if state not in HELD_JOBS else JobState.STOPPING)


@pytest.mark.parametrize("state", sorted(ACTIVE_JOBS))
def test_every_active_job_can_still_end(state: JobState) -> None:
    reached = {state}
    while more := {
        new
        for old in reached
        for event in JobEvent
        if (new := after(old, event)) is not None and new not in reached
    }:
        reached |= more
    assert reached & ENDED_JOBS


def test_a_retried_job_waits_again() -> None:
    tries = [JobEvent.TAKEN, JobEvent.LAUNCHED, JobEvent.RETRIED, JobEvent.TAKEN, JobEvent.RETRIED]
    assert _walk(tries) == [
        JobState.QUEUED,
        JobState.PREPARING,
        JobState.RUNNING,
        JobState.QUEUED,
        JobState.PREPARING,
        JobState.QUEUED,
    ]


pictures = st.lists(st.sampled_from(PictureState), min_size=1, max_size=8)


@given(pictures)
def test_a_render_is_open_exactly_while_no_picture_failed_and_some_are_to_be_drawn(
    states: list[PictureState],
) -> None:
    lost = {PictureState.FAILED, PictureState.CANCELLED} & set(states)
    is_open = not lost and bool(OPEN_PICTURES & set(states))
    assert (render_state(states) in OPEN_RENDERS) is is_open


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("queued queued", RenderState.QUEUED),
        ("queued drawing", RenderState.DRAWING),
        ("done queued", RenderState.DRAWING),
        ("done done", RenderState.DONE),
        ("done cancelled", RenderState.CANCELLED),
        ("done failed cancelled", RenderState.FAILED),
    ],
)
def test_a_render_stands_where_its_pictures_stand(states: str, expected: RenderState) -> None:
    assert render_state(PictureState(word) for word in states.split()) is expected


def test_a_render_without_pictures_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one picture"):
        render_state([])
