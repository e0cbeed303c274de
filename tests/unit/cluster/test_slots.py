"""Hosts divided among jobs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.slots import Slot, free_slot, hosts_of

FOUR = ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("slots", "parts"),
    [
        (1, [FOUR]),
        (2, [("a", "b"), ("c", "d")]),
        (3, [("a",), ("b",), ("c", "d")]),
        (4, [("a",), ("b",), ("c",), ("d",)]),
        (5, [("a",), ("b",), ("c",), ("d",), ("a",)]),
    ],
)
def test_the_hosts_of_each_slot(slots: int, parts: list[tuple[str, ...]]) -> None:
    assert [hosts_of(Slot(index, slots), FOUR) for index in range(slots)] == parts


def test_this_machine_alone_is_no_host() -> None:
    assert hosts_of(Slot(1, 2), ()) == ()


@given(st.integers(1, 9), st.integers(1, 9))
def test_no_host_is_idle_and_none_is_shared_without_need(count: int, slots: int) -> None:
    hosts = tuple(f"h{n}" for n in range(count))
    parts = [hosts_of(Slot(index, slots), hosts) for index in range(slots)]
    assert all(parts)
    assert {host for part in parts for host in part} == set(hosts)
    if slots <= count:
        assert sum(len(part) for part in parts) == count


def test_the_first_free_slot() -> None:
    assert free_slot(3, {0, 2}) == Slot(1, 3)
    assert free_slot(2, ()) == Slot(0, 2)
    assert free_slot(2, {0, 1}) == Slot(0, 2)
