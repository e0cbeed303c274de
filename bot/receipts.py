"""What is left of a delivery, and how one is put off."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """The revision that is shown, and the ts of the message that shows it (None: no message).

    Behind the ts may stand what else the next delivery has to know, see `bot.shown`.
    """

    revision: int
    ts: str | None


class NotYetError(Exception):
    """A delivery has to wait for something else, `seconds` perhaps."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:g} s")
        self.seconds = seconds
