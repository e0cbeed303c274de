"""The time, as something that is passed in."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present as an aware datetime in UTC."""


def utc_now() -> datetime:
    """Return the present in UTC."""
    return datetime.now(UTC)
