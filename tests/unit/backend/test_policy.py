"""Who goes next, what is retried, what is worth showing."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.people import Person
from backend.policy import (
    MOST_DELIVERY_ATTEMPTS,
    MOST_PICTURE_ATTEMPTS,
    PATIENCE,
    Progress,
    Waiting,
    batch_order,
    delivery_pause,
    fair_order,
    job_is_retried,
    lease_is_stale,
    looks_different,
    picture_is_retried,
    restart_pause,
)
from cluster.verdict import FailureReason
from tests.fakes import START

ADA, LIN, MAX = (Person("T", name) for name in ("ada", "lin", "max"))


@st.composite
def queues(draw: st.DrawFn) -> list[Waiting]:
    """Things that wait, of three people, since within the last hour."""
    given_to = draw(
        st.lists(
            st.tuples(
                st.sampled_from([ADA, LIN, MAX]), st.integers(0, 3600), st.sampled_from("gh")
            ),
            max_size=12,
        )
    )
    return [
        Waiting(f"{number:02}", by, START - timedelta(seconds=ago), group)
        for number, (by, ago, group) in enumerate(given_to)
    ]


loads = st.dictionaries(st.sampled_from([ADA, LIN, MAX]), st.integers(0, 4))


@given(queues(), loads, st.randoms())
def test_the_order_holds_everything_once_whatever_order_it_came_in(
    waiting: list[Waiting], in_hand: dict[Person, int], random: Random
) -> None:
    shuffled = list(waiting)
    random.shuffle(shuffled)
    order = fair_order(waiting, in_hand, START)
    assert order == fair_order(shuffled, in_hand, START)
    assert Counter(order) == Counter(waiting)


@given(queues(), loads)
def test_each_persons_own_things_stay_in_the_order_they_came(
    waiting: list[Waiting], in_hand: dict[Person, int]
) -> None:
    order = fair_order(waiting, in_hand, START)
    for person in (ADA, LIN, MAX):
        mine = [(one.since, one.id) for one in order if one.by == person]
        assert mine == sorted(mine)


@given(queues())
def test_while_nobody_waits_long_everyones_first_comes_before_anyones_second(
    waiting: list[Waiting],
) -> None:
    fresh = [replace(one, since=START - (START - one.since) / 7) for one in waiting]
    turns: Counter[Person] = Counter()
    rounds = []
    for one in fair_order(fresh, {}, START):
        rounds.append(turns[one.by])
        turns[one.by] += 1
    assert rounds == sorted(rounds)


def test_somebody_who_is_being_served_waits_for_the_others() -> None:
    waiting = [Waiting("1", ADA, START), Waiting("2", LIN, START + timedelta(seconds=9))]
    now = START + timedelta(seconds=10)
    assert [one.id for one in fair_order(waiting, {}, now)] == ["1", "2"]
    assert [one.id for one in fair_order(waiting, {ADA: 1}, now)] == ["2", "1"]


@given(st.integers(0, 6))
def test_nobody_waits_for_ever_behind_newcomers(in_hand: int) -> None:
    now = START + PATIENCE * (in_hand + 1)
    old = Waiting("old", ADA, START)
    new = [Waiting(f"new{n}", Person("T", f"guest{n}"), now) for n in range(5)]
    assert fair_order([*new, old], {ADA: in_hand}, now)[0] == old


@given(queues())
def test_a_batch_begins_with_who_is_next_and_holds_one_group(waiting: list[Waiting]) -> None:
    order = fair_order(waiting, {}, START)
    batch = batch_order(order)
    assert bool(batch) == bool(order)
    if batch:
        assert batch[0] == order[0]
        assert {one.group for one in batch} == {order[0].group}
        assert [one for one in order if one.group == order[0].group] == list(batch)


@pytest.mark.parametrize("reason", FailureReason)
def test_only_faults_of_machines_are_retried_and_only_so_often(reason: FailureReason) -> None:
    of_machines = {
        FailureReason.LAUNCH_FAILED,
        FailureReason.LAUNCHER_LOST,
        FailureReason.RANK_LOST,
        FailureReason.HOST_LOST,
    }
    assert job_is_retried(reason, attempt=2, retries=2) is (reason in of_machines)
    assert not job_is_retried(reason, attempt=1, retries=0)
    assert not job_is_retried(reason, attempt=3, retries=2)


def test_a_picture_is_given_to_three_workers_at_most() -> None:
    assert [picture_is_retried(n) for n in range(1, 5)] == [True, True, False, False]
    assert MOST_PICTURE_ATTEMPTS == 3


def test_pauses_between_deliveries_grow_to_a_limit_and_end() -> None:
    pauses = [delivery_pause(attempt) for attempt in range(1, MOST_DELIVERY_ATTEMPTS)]
    seconds = [pause.total_seconds() for pause in pauses if pause is not None]
    assert seconds[:4] == [1, 2, 4, 8]
    assert len(seconds) == MOST_DELIVERY_ATTEMPTS - 1
    assert seconds == sorted(seconds)
    assert seconds[-1] == 300
    assert delivery_pause(MOST_DELIVERY_ATTEMPTS) is None


@given(st.integers(1, 10**6))
def test_a_process_that_keeps_dying_is_started_again_after_a_minute_at_most(times: int) -> None:
    assert restart_pause(1) == timedelta(seconds=1)
    assert restart_pause(times) <= min(restart_pause(times + 1), timedelta(minutes=1))


def test_a_lease_is_stale_once_it_has_ended() -> None:
    assert lease_is_stale(None, START)
    assert lease_is_stale(START - timedelta(seconds=1), START)
    assert not lease_is_stale(START, START)


@pytest.mark.parametrize(
    ("change", "worth_it"),
    [
        ({"loss": 0.5}, False),
        ({"eta_seconds": 3.0}, False),
        ({"step": 101}, False),
        ({"step": 110}, True),
        ({"curve": (0.3, 0.2)}, True),
        ({"preview": "p.png"}, True),
        ({"max_steps": 999}, True),
    ],
)
def test_a_card_is_drawn_again_for_what_a_person_would_see(
    change: dict[str, object], worth_it: bool
) -> None:
    shown = Progress(step=100, max_steps=1000, loss=0.4, curve=(0.3,), eta_seconds=5.0)
    assert looks_different(shown, replace(shown, **change)) is worth_it  # type: ignore[arg-type]
