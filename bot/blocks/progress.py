"""Progress and losses in a line of text. Pure."""

from collections.abc import Sequence

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


def duration(seconds: float) -> str:
    """Say a duration as people do."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def ordinal(number: int) -> str:
    """Say a place in line."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def count(number: int, thing: str) -> str:
    """Say how many."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
