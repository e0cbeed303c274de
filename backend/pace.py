"""How fast a worker is, told once a minute in its log. Pure: the time is given, in seconds."""

from dataclasses import dataclass

_WINDOW = 60.0


@dataclass(frozen=True, slots=True)
class PaceReport:
    """What was done in the last `seconds`: `busy` is the share of them spent on drawing."""

    pictures: int
    seconds: float
    pictures_a_minute: float
    seconds_a_picture: float
    busy: float


class Pace:
    """Adds up pictures, and tells when it is time to speak of them."""

    def __init__(self, now: float) -> None:
        self._since = now
        self._pictures = 0
        self._drawing = 0.0

    def add(self, pictures: int, seconds: float) -> None:
        """Count pictures that were drawn together in `seconds`."""
        self._pictures += pictures
        self._drawing += seconds

    def report(self, now: float) -> PaceReport | None:
        """Return what was done since the last report, about once a minute; None if too early.

        A window in which nothing was drawn is passed over in silence.
        """
        seconds = now - self._since
        if seconds < _WINDOW:
            return None
        pictures, drawing = self._pictures, self._drawing
        self._since, self._pictures, self._drawing = now, 0, 0.0
        if not pictures:
            return None
        return PaceReport(
            pictures=pictures,
            seconds=round(seconds, 1),
            pictures_a_minute=round(60 * pictures / seconds, 1),
            seconds_a_picture=round(drawing / pictures, 2),
            busy=round(min(1.0, drawing / seconds), 2),
        )
