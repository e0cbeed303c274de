"""Progress and losses in a line of text. Pure."""

from collections.abc import Sequence

from bot.words import Words

_BAR = 20
_LEVELS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_SPARKS = 24


def bar(part: float, whole: float) -> str:
    """Draw `part` of `whole` as a bar with its percentage."""
    share = min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
    filled = int(share * _BAR)
    return f"{chr(0x25B0) * filled}{chr(0x25B1) * (_BAR - filled)} {int(share * 100)} %"


def sparkline(values: Sequence[float]) -> str:
    """Draw values as a row of columns, the lowest one lowest; long rows are thinned out."""
    if not values:
        return ""
    thinned = [values[i * len(values) // _SPARKS] for i in range(_SPARKS)]
    shown = [*thinned[:-1], values[-1]] if len(values) > _SPARKS else list(values)
    low, high = min(shown), max(shown)
    if not high > low:
        return _LEVELS[0] * len(shown)
    top = len(_LEVELS) - 1
    return "".join(_LEVELS[round((value - low) / (high - low) * top)] for value in shown)


def duration(words: Words, seconds: float) -> str:
    """Say a duration as people do."""
    whole = max(0, round(seconds))
    if whole < 60:
        return words.text("duration-seconds", seconds=whole)
    minutes = round(whole / 60)
    if minutes < 60:
        return words.text("duration-minutes", minutes=minutes)
    return words.text("duration-hours", hours=minutes // 60, minutes=minutes % 60)


def place_in_line(words: Words, number: int) -> str:
    """Say a place in line."""
    teens = number % 100 in (11, 12, 13)
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return words.text("place", number=number, ending=ending)
