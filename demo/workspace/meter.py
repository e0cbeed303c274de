"""What the workspace measured of the app, by its own clock: acknowledgements and calls."""

import time
from collections import deque
from dataclasses import dataclass, field

_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Ack:
    """One envelope: its type, the seconds until it was acknowledged (None: it was not)."""

    kind: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class MethodCall:
    """One call of a method that was let through, and when, in seconds of a steady clock."""

    method: str
    at: float


@dataclass
class Meter:
    """The latest measurements; what is older than many thousand is forgotten."""

    acks: deque[Ack] = field(default_factory=lambda: deque(maxlen=_KEPT))
    calls: deque[MethodCall] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def acknowledged(self, kind: str, since: float | None) -> None:
        """Note an acknowledgement of what was sent at `since`, or that none came."""
        self.acks.append(Ack(kind, None if since is None else time.monotonic() - since))

    def called(self, method: str) -> None:
        """Note a call."""
        self.calls.append(MethodCall(method, time.monotonic()))

    def busiest_minute(self, method: str) -> int:
        """Return how often a method was called in the minute with most of its calls."""
        times = [one.at for one in self.calls if one.method == method]
        first = most = 0
        for last, at in enumerate(times):
            while at - times[first] >= 60:
                first += 1
            most = max(most, last - first + 1)
        return most

    def forget(self) -> None:
        """Begin anew."""
        self.acks.clear()
        self.calls.clear()
