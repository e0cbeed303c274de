"""Things that may be used only for a while: trigger ids, response URLs, upload URLs."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from demo.workspace.faults import ApiError

RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5

Clock = Callable[[], float]


@dataclass
class _Trigger:
    person: str
    until: float
    used: bool = False


class Triggers:
    """Trigger ids: each opens one view, and soon."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        """Start empty; each is good for `seconds`, which `clock` counts."""
        self._seconds = seconds
        self._clock = clock
        self._issued: dict[str, _Trigger] = {}

    def issue(self, person: str) -> str:
        """Return a new trigger id for this person."""
        trigger_id = f"{time.time_ns()}.{secrets.token_hex(8)}"
        self._issued[trigger_id] = _Trigger(person, self._clock() + self._seconds)
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Use a trigger id up and return its person.

        Raises:
            ApiError: it is unknown, was used before, or is too old.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self._clock() > trigger.until:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger.person


@dataclass
class ResponseTicket:
    """Where a response URL leads, and how often it was used."""

    channel: str
    person: str
    thread_ts: str | None
    original_ts: str | None
    until: float
    uses: int = 0


class ResponseTickets:
    """Response URLs: five uses within thirty minutes."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """Start empty; `clock` counts seconds."""
        self._clock = clock
        self._issued: dict[str, ResponseTicket] = {}

    def issue(
        self,
        channel: str,
        person: str,
        *,
        thread_ts: str | None = None,
        original_ts: str | None = None,
    ) -> str:
        """Return the last part of a new response URL."""
        ticket = secrets.token_urlsafe(24)
        self._issued[ticket] = ResponseTicket(
            channel, person, thread_ts, original_ts, self._clock() + RESPONSE_SECONDS
        )
        return ticket

    def use(self, ticket: str) -> ResponseTicket:
        """Count one use and return what the ticket is for.

        Raises:
            ApiError: it is unknown, too old, or used up.
        """
        held = self._issued.get(ticket)
        if held is None or self._clock() > held.until:
            raise ApiError("expired_url")
        if held.uses >= RESPONSE_USES:
            raise ApiError("used_url")
        held.uses += 1
        return held

    def peek(self, ticket: str) -> ResponseTicket | None:
        """Return what a ticket is for without using it."""
        return self._issued.get(ticket)


@dataclass(frozen=True)
class UploadSlot:
    """An upload that was announced: the file's id, name, size in bytes and description."""

    file_id: str
    name: str
    length: int
    alt_text: str
