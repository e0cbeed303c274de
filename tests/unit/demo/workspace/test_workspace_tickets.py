"""Tickets end by use and by time."""

import pytest

from demo.workspace.faults import ApiError
from demo.workspace.socket_mode import Patience
from demo.workspace.tickets import ResponseTickets, Triggers


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_trigger_is_good_for_three_seconds() -> None:
    clock = Clock()
    triggers = Triggers(Patience().trigger, clock)
    early, late = triggers.issue("U0ADA"), triggers.issue("U0LIN")
    clock.now = 3.0
    assert triggers.exchange(early) == "U0ADA"
    clock.now = 3.1
    with pytest.raises(ApiError, match="expired_trigger_id"):
        triggers.exchange(late)


def test_a_used_trigger_says_so_however_old() -> None:
    clock = Clock()
    triggers = Triggers(Patience().trigger, clock)
    trigger_id = triggers.issue("U0ADA")
    triggers.exchange(trigger_id)
    clock.now = 60.0
    with pytest.raises(ApiError, match="exchanged_trigger_id"):
        triggers.exchange(trigger_id)


def test_a_response_url_ends_after_half_an_hour() -> None:
    clock = Clock()
    tickets = ResponseTickets(clock)
    ticket = tickets.issue("C0TOYS", "U0ADA")
    clock.now = 1800.0
    assert tickets.use(ticket).channel == "C0TOYS"
    clock.now = 1800.1
    with pytest.raises(ApiError, match="expired_url"):
        tickets.use(ticket)


def test_a_response_url_ends_after_five_uses() -> None:
    tickets = ResponseTickets(Clock())
    ticket = tickets.issue("C0TOYS", "U0ADA")
    for _ in range(5):
        tickets.use(ticket)
    with pytest.raises(ApiError, match="used_url"):
        tickets.use(ticket)
