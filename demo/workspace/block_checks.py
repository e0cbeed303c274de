"""Checks of one JSON value each, with Slack's words for what is wrong. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Findings = list[str]
"""Lines such as `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`."""
Check = Callable[[object, str, Findings], None]
"""Looks at a value at a JSON pointer and adds what it finds."""

_NUMERAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True)
class Field:
    """A field of an object: how its value is checked, and whether it must be there."""

    check: Check
    required: bool = False


def note(findings: Findings, pointer: str, words: str) -> None:
    """Add one finding."""
    findings.append(f"{words} [json-pointer:{pointer}]")


def string(most: int, least: int = 1) -> Check:
    """Check for a string of `least` to `most` characters."""

    def check(value: object, pointer: str, findings: Findings) -> None:
        if not isinstance(value, str):
            note(findings, pointer, "must be a string")
        elif len(value) > most:
            note(findings, pointer, f"must be less than {most + 1} characters")
        elif len(value) < least:
            note(findings, pointer, f"must be more than {least - 1} characters")

    return check


def boolean(value: object, pointer: str, findings: Findings) -> None:
    """Check for true or false."""
    if not isinstance(value, bool):
        note(findings, pointer, "must be a boolean")


def number(value: object, pointer: str, findings: Findings) -> None:
    """Check for a number; Slack also takes one in a string."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        note(findings, pointer, "must be a number")


def numeral(value: object, pointer: str, findings: Findings) -> None:
    """Check for a string of digits: an input of numbers takes neither numbers nor exponents."""
    if not isinstance(value, str) or not _NUMERAL.fullmatch(value):
        note(findings, pointer, "must be a valid number")


def first_number_fits(value: object, pointer: str, findings: Findings) -> None:
    """Check that what an input of numbers begins with could be typed into it."""
    if not isinstance(value, dict):
        return
    named = ("initial_value", "min_value", "max_value")
    said = {name: str(value[name]) for name in named if value.get(name) is not None}
    if not all(map(_NUMERAL.fullmatch, said.values())):
        return
    first = said.get("initial_value")
    if first is not None and "." in first and not value.get("is_decimal_allowed"):
        note(findings, f"{pointer}/initial_value", "must be an integer")
    least, most = (float(said.get(name, first or "0")) for name in named[1:])
    if first is not None and not least <= float(first) <= most:
        note(findings, f"{pointer}/initial_value", "must be between min_value and max_value")


def between(least: int, most: int) -> Check:
    """Check for a whole number of at least `least` and at most `most`."""

    def check(value: object, pointer: str, findings: Findings) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            note(findings, pointer, "must be an integer")
        elif not least <= value <= most:
            note(findings, pointer, f"must be between {least} and {most}")

    return check


def first_text_fits(value: object, pointer: str, findings: Findings) -> None:
    """Check that what an input begins with is no longer than what may be typed into it."""
    if not isinstance(value, dict):
        return
    first, most = value.get("initial_value"), value.get("max_length")
    if isinstance(first, str) and isinstance(most, int) and len(first) > most:
        note(findings, f"{pointer}/initial_value", f"must be less than {most + 1} characters")


def anything(value: object, pointer: str, findings: Findings) -> None:
    """Accept any value."""


def one_of(*allowed: str) -> Check:
    """Check for one of a few strings."""

    def check(value: object, pointer: str, findings: Findings) -> None:
        if value not in allowed:
            note(findings, pointer, f"must be one of: {', '.join(allowed)}")

    return check


def listing(item: Check, most: int, least: int = 1) -> Check:
    """Check for a list of `least` to `most` items that each pass `item`."""

    def check(value: object, pointer: str, findings: Findings) -> None:
        if not isinstance(value, list):
            note(findings, pointer, "must be an array")
            return
        if len(value) > most:
            note(findings, pointer, f"no more than {most} items allowed")
        if len(value) < least:
            note(findings, pointer, f"no fewer than {least} items allowed")
        for index, one in enumerate(value):
            item(one, f"{pointer}/{index}", findings)

    return check


def fields_of(fields: Mapping[str, Field]) -> Check:
    """Check for an object with these fields and no other."""

    def check(value: object, pointer: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            note(findings, pointer, "must be an object")
            return
        for name, field in fields.items():
            if value.get(name) is not None:
                field.check(value[name], f"{pointer}/{name}", findings)
            elif field.required:
                note(findings, pointer, f"missing required field: {name}")
        for name in value:
            if name not in fields and name != "type":
                note(findings, pointer, f"invalid additional property: {name}")

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """Check for an object whose `type` names one of these checks."""

    def check(value: object, pointer: str, findings: Findings) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            note(findings, pointer, "must be an object")
        elif kind is None:
            note(findings, pointer, "missing required field: type")
        elif not isinstance(kind, str) or kind not in kinds:
            note(findings, f"{pointer}/type", f"unsupported type: {kind}")
        else:
            kinds[kind](value, pointer, findings)

    return check


def either(*names: str) -> Check:
    """Check for an object that has at least one of these fields."""

    def check(value: object, pointer: str, findings: Findings) -> None:
        if isinstance(value, dict) and not any(value.get(name) for name in names):
            note(findings, pointer, f"must have at least one of: {', '.join(names)}")

    return check


def every(*checks: Check) -> Check:
    """Check a value with several checks, one after the other."""

    def check(value: object, pointer: str, findings: Findings) -> None:
        for one in checks:
            one(value, pointer, findings)

    return check


def unique(values: Sequence[tuple[str, str, str]], findings: Findings) -> None:
    """Note each (name, value, pointer) whose value was there before."""
    seen: set[str] = set()
    for name, value, pointer in values:
        if value in seen:
            note(findings, pointer, f"`{name}` already exists: {value}")
        seen.add(value)
