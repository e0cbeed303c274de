"""Every stand-in that tests use."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class FakeClock:
    """A clock that goes on only when it is told to."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the present."""
        return self.now

    def go_on(self, seconds: float) -> datetime:
        """Let time pass; return the new present."""
        self.now += timedelta(seconds=seconds)
        return self.now
