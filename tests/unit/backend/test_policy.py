"""Who goes next, what is retried, what is worth showing."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
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
    picture_order,
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


served = st.dictionaries(
    st.sampled_from([ADA, LIN, MAX]),
    st.integers(0, 3600).map(lambda ago: START - timedelta(seconds=ago)),
)


@given(queues(), served, st.randoms())
def test_the_line_holds_every_picture_once_whatever_order_they_came_in(
    waiting: list[Waiting], last: dict[Person, datetime], random: Random
) -> None:
    shuffled = list(waiting)
    random.shuffle(shuffled)
    order = picture_order(waiting, last)
    assert order == picture_order(shuffled, last)
    assert Counter(order) == Counter(waiting)
    for person in (ADA, LIN, MAX):
        mine = [(one.since, one.id) for one in order if one.by == person]
        assert mine == sorted(mine)


@given(queues(), served)
def test_one_pick_after_the_other_gives_the_order_that_was_told(
    waiting: list[Waiting], last: dict[Person, datetime]
) -> None:
    told = picture_order(waiting, last)
    left, now, picked = list(waiting), START, []
    while left:
        now += timedelta(seconds=1)
        first = picture_order(left, last)[0]
        picked.append(first)
        left.remove(first)
        last = {**last, first.by: now}
    assert tuple(picked) == told


asks = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9), st.sampled_from("gh")), max_size=3)
"""What comes in between two picks: who asks for how many pictures, of which group."""


@given(st.lists(asks, min_size=1, max_size=40), st.integers(1, 3))
def test_nobodys_next_picture_is_more_picks_away_than_people_wait(
    story: list[list[tuple[int, int, str]]], most: int
) -> None:
    waiting: list[Waiting] = []
    last: dict[Person, datetime] = {}
    picks_left: dict[Person, int] = {}
    for second, coming in enumerate(story):
        now = START + timedelta(seconds=second)
        for number, (who, count, group) in enumerate(coming):
            waiting += [
                Waiting(f"{second:02}-{number}-{n}", Person("T", f"p{who}"), now, group)
                for n in range(count)
            ]
        people = {one.by for one in waiting}
        for person in people:
            picks_left.setdefault(person, len(people))
        if not waiting:
            continue
        batch = batch_order(picture_order(waiting, last))[:most]
        for person in people:
            picks_left[person] -= 1
        for one in batch:
            waiting.remove(one)
            last[one.by] = now + timedelta(milliseconds=500)
            picks_left.pop(one.by, None)
        assert all(left > 0 for left in picks_left.values())


def test_a_large_request_yields_after_each_picture() -> None:
    many = [Waiting(f"a{n}", ADA, START) for n in range(8)]
    small = [Waiting("b", LIN, START + timedelta(seconds=9))]
    begun = {ADA: START + timedelta(seconds=10)}
    assert [one.id for one in picture_order([*many, *small], {})][:2] == ["a0", "b"]
    assert [one.id for one in picture_order([*many, *small], begun)][:2] == ["b", "a0"]


def test_newcomers_do_not_pass_by_who_waits_for_the_next_picture() -> None:
    begun = START + timedelta(seconds=10)
    newcomers = [
        Waiting(f"n{n}", Person("T", f"guest{n}"), begun + timedelta(seconds=n + 1))
        for n in range(5)
    ]
    assert picture_order([*newcomers, Waiting("a", ADA, START)], {ADA: begun})[0].id == "a"


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


def test_a_picture_is_given_to_a_few_workers_and_no_more() -> None:
    tries = [picture_is_retried(n) for n in range(1, MOST_PICTURE_ATTEMPTS + 2)]
    assert tries == [True] * (MOST_PICTURE_ATTEMPTS - 1) + [False, False]


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
