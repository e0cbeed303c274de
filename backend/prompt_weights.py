r"""Weights of the parts of a prompt, in AUTOMATIC1111's grammar. Pure.

`(word)` weighs 1.1, `(word:1.3)` weighs 1.3 and `[word]` 1 / 1.1; brackets in brackets multiply.
A backslash makes a bracket, or a backslash, the character itself. So is a bracket that closes
nothing; one that is never closed reaches to the end. A placeholder is never cut.
https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Features#attentionemphasis
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.errors import BackendError, ErrorCode
from cluster.placeholder import find_placeholders

MOST_CHARACTERS = 6000
"""Far more than the text encoder is ever given; longer texts are not even read."""
LARGEST_WEIGHT = 5.0

_STRONGER = 1.1
_PIECE = re.compile(
    r"""
      \\(?P<escaped>[()\[\]\\])
    | (?P<token><[^<>\s()\[\]\\:]{1,34}>)
    | (?P<open>[(\[])
    | :\s*(?P<weight>[+-]?(?:[0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}))\s*\)
    | (?P<close>[)\]])
    | [^\\<()\[\]:]+
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


_DEEPEST = 50
"""Brackets in one another: some more than any weight can come of. Each costs time for all that
stands in it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a prompt that has one weight: a placeholder (`is_token`), or plain text."""

    text: str
    weight: float = 1.0
    is_token: bool = False


def parts_of(prompt: str) -> tuple[Part, ...]:
    """Cut a prompt at its brackets and placeholders (in lower case); neighbours of equal weight
    are one part. Raises BackendError (bad_number) for brackets too deep in one another.
    """
    parts: list[Part] = []
    begun: dict[str, list[int]] = {")": [], "]": []}

    def weigh(start: int, weight: float) -> None:
        parts[start:] = [replace(part, weight=part.weight * weight) for part in parts[start:]]

    for found in _PIECE.finditer(prompt):
        text = found[0]
        if found["open"]:
            if len(begun[")"]) + len(begun["]"]) == _DEEPEST:
                raise BackendError(
                    ErrorCode.BAD_NUMBER,
                    "The prompt has too many brackets in one another.",
                    r"Write weights as numbers, as in `(red:1.3)`, and a bracket itself as `\(`.",
                    case="brackets",
                )
            begun[")" if text == "(" else "]"].append(len(parts))
        elif found["weight"] and begun[")"]:
            weigh(begun[")"].pop(), float(found["weight"]))
        elif found["close"] and begun[text]:
            weigh(begun[text].pop(), _STRONGER if text == ")" else 1 / _STRONGER)
        elif found["token"] and find_placeholders(text) == (text.lower(),):
            parts.append(Part(text.lower(), is_token=True))
        else:
            parts.append(Part(found["escaped"] or text))
    for start in begun[")"]:
        weigh(start, _STRONGER)
    for start in begun["]"]:
        weigh(start, 1 / _STRONGER)
    return _joined(parts)


def checked_parts(prompt: str) -> tuple[Part, ...]:
    """Return the parts of a prompt; raises BackendError (bad_text, prompt_too_long, bad_number)."""
    if not _is_text(prompt):
        raise BackendError(
            ErrorCode.BAD_TEXT,
            "The prompt has something in it that is no character.",
            "Type it again instead of pasting it.",
        )
    if len(prompt) > MOST_CHARACTERS:
        raise BackendError(
            ErrorCode.PROMPT_TOO_LONG,
            f"The prompt has {len(prompt)} characters; at most {MOST_CHARACTERS} are read.",
            "Leave out what matters least.",
            case="characters",
            facts={"characters": len(prompt), "most": MOST_CHARACTERS},
        )
    parts = parts_of(prompt)
    for part in parts:
        if not 0 <= part.weight <= LARGEST_WEIGHT:
            shown = part.text.strip()[:40]
            raise BackendError(
                ErrorCode.BAD_NUMBER,
                f"“{shown}” would weigh {part.weight:.4g}; "
                f"weights are from 0 to {LARGEST_WEIGHT:g}.",
                r"1.3 is much already, as in `(red:1.3)`. For a bracket itself write `\(`.",
                case="weight",
                facts={
                    "text": shown,
                    "weight": f"{part.weight:.4g}",
                    "most": f"{LARGEST_WEIGHT:g}",
                },
            )
    return parts


def as_read(prompt: str) -> str:
    """Return what the text encoder is given of a prompt, without brackets and weights.

    Raises what `checked_parts` raises.
    """
    return "".join(part.text for part in checked_parts(prompt))


def _is_text(prompt: str) -> bool:
    """Tell whether it can be written down: half of a surrogate pair cannot, in no encoding."""
    try:
        prompt.encode()
    except UnicodeEncodeError:
        return False
    return True


def _joined(parts: Sequence[Part]) -> tuple[Part, ...]:
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and not (last.is_token or part.is_token) and last.weight == part.weight:
            joined[-1] = replace(last, text=last.text + part.text)
        else:
            joined.append(part)
    return tuple(joined)
