"""From the words after `/imagine` to what is to be drawn. Pure."""

import re
from collections.abc import Callable, Mapping

from backend.aspect import AspectRatio
from backend.recipe import Sampler
from bot.errors import not_understood
from bot.wishes import Imagine

_DASHES = "--|\u2014|\u2013"
"""Phones make one long dash of two short ones."""
_FLAG = re.compile(rf"(?:(?<=\s)|^)(?P<dash>{_DASHES})(?P<name>[A-Za-z]+)(?=[\s=]|$)")
_QUOTES = '"\u201c\u201d\u201e'
"""Straight ones, and what phones make of them."""
_QUOTED = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]\s*(.*)", re.DOTALL)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
_SIZE = re.compile("([0-9]{1,6})\\s*[xX\u00d7]\\s*([0-9]{1,6})")
_TYPED = re.compile("`[^`]*`")


def parse_imagine(text: str) -> Imagine:
    """Read the words after `/imagine`: a prompt and flags, in any order.

    The prompt is what is left when the flags are taken out, character by character as it was
    written. It may be empty: backend refuses that. Raises BotError (not_understood).
    """
    flags = [match for match in _FLAG.finditer(text) if _is_flag(match)]
    prompt = text[: flags[0].start()] if flags else text
    found: Fields = {}
    for index, match in enumerate(flags):
        end = flags[index + 1].start() if index + 1 < len(flags) else len(text)
        name = _known(match["name"])
        raw = text[match.end() : end]
        if name == "no":
            value, rest = _to_the_end(raw)
        else:
            value, rest = _one_value(raw)
        if not value:
            not_understood(
                f"--{match['name']} needs a value.",
                _EXAMPLES[name],
                "no-value",
                flag=match["name"],
                **_shown(name),
            )
        found |= _READ[name](value)
        prompt += rest
    return Imagine.model_validate({"prompt": prompt.strip(), **found})


def _is_flag(match: re.Match[str]) -> bool:
    # A long dash before a word is also ordinary punctuation: only known names make it a flag.
    return match["dash"] == "--" or match["name"].lower() in _NAMES


def _known(name: str) -> str:
    known = _NAMES.get(name.lower())
    if known is None:
        not_understood(
            f"--{name[:40]} is not a flag I know.",
            f"I know {', '.join(f'--{flag}' for flag in _FLAGS[:-1])} and --{_FLAGS[-1]}.",
            "flag",
            flag=name[:40],
            flags=tuple(f"--{flag}" for flag in _FLAGS[:-1]),
            last=f"--{_FLAGS[-1]}",
        )
    return known


def _one_value(raw: str) -> tuple[str, str]:
    """Split what follows a flag into its one value and what belongs to the prompt again."""
    parts = raw.removeprefix("=").lstrip().split(maxsplit=1)
    value = parts[0].strip(_QUOTES) if parts else ""
    return value, parts[1] if len(parts) > 1 else ""


def _to_the_end(raw: str) -> tuple[str, str]:
    """Take everything, or what is in quotes if it begins with them."""
    raw = raw.removeprefix("=").strip()
    quoted = _QUOTED.fullmatch(raw)
    return (quoted[1].strip(), quoted[2]) if quoted else (raw, "")


Fields = dict[str, int | float | bool | str | Sampler | AspectRatio | None]


def _whole(field: str, flag: str) -> Callable[[str], Fields]:
    def read(value: str) -> Fields:
        if not _WHOLE.fullmatch(value):
            not_understood(
                f"--{flag} needs a whole number, not “{value[:40]}”.",
                _EXAMPLES[field],
                "whole",
                flag=flag,
                value=value[:40],
                shown=_shown(field)["shown"],
            )
        return {field: int(value)}

    return read


def _decimal(field: str) -> Callable[[str], Fields]:
    def read(value: str) -> Fields:
        if not _DECIMAL.fullmatch(value):
            not_understood(
                f"--{field} needs a number, not “{value[:40]}”.",
                _EXAMPLES[field],
                "number",
                flag=field,
                value=value[:40],
                **_shown(field),
            )
        return {field: float(value)}

    return read


def _negative(value: str) -> Fields:
    return {"negative": value}


def _size(value: str) -> Fields:
    found = _SIZE.fullmatch(value)
    if found is None:
        not_understood(
            f"--size needs width x height, not “{value[:40]}”.",
            _EXAMPLES["size"],
            "size",
            value=value[:40],
            shown=_shown("size")["shown"],
        )
    return {"width": int(found[1]), "height": int(found[2])}


def _ratio(value: str) -> Fields:
    try:
        return {"ratio": AspectRatio(value)}
    except ValueError:
        known = ", ".join(AspectRatio)
        not_understood(
            f"“{value[:40]}” is not an aspect ratio I know.",
            f"I know {known}.",
            "ratio",
            value=value[:40],
            known=tuple(ratio.value for ratio in AspectRatio),
        )


def _upscale(value: str) -> Fields:
    if value.lower() not in ("2", "2x"):
        not_understood(
            f"--upscale can only be 2, not “{value[:40]}”.",
            _EXAMPLES["upscale"],
            "upscale",
            value=value[:40],
            shown=_shown("upscale")["shown"],
        )
    return {"upscale": True}


def _sampler(value: str) -> Fields:
    try:
        return {"sampler": Sampler(value.lower())}
    except ValueError:
        known = ", ".join(sampler.value for sampler in Sampler)
        not_understood(
            f"“{value[:40]}” is not a sampler I know.",
            f"I know {known}.",
            "sampler",
            value=value[:40],
            known=tuple(sampler.value for sampler in Sampler),
        )


def _shown(field: str) -> dict[str, str]:
    """Return which flag an example is of, and what is to be typed in it."""
    typed = _TYPED.search(_EXAMPLES[field])
    return {"example": field, "shown": typed[0] if typed else ""}


_NAMES: Mapping[str, str] = {
    "n": "count",
    "count": "count",
    "seed": "seed",
    "steps": "steps",
    "guidance": "guidance",
    "until": "until",
    "no": "no",
    "size": "size",
    "ar": "ar",
    "sampler": "sampler",
    "strength": "strength",
    "vary": "vary",
    "upscale": "upscale",
}
_FLAGS = tuple(name for name in _NAMES if name != "count")
_EXAMPLES: Mapping[str, str] = {
    "count": "As in `--n 4`.",
    "seed": "As in `--seed 7`.",
    "steps": "As in `--steps 20`.",
    "guidance": "As in `--guidance 7.5`.",
    "until": "As in `--until 0.5`, for guidance in the first half of the steps only.",
    "no": "As in `--no blurry`.",
    "size": "As in `--size 512x512`.",
    "ar": "As in `--ar 3:2`.",
    "sampler": "As in `--sampler ddim`.",
    "strength": "As in `--strength 0.6`, with a picture attached.",
    "vary": "As in `--seed 7 --vary 0.2`.",
    "upscale": "As in `--upscale 2`.",
}
_READ: Mapping[str, Callable[[str], Fields]] = {
    "count": _whole("count", "n"),
    "seed": _whole("seed", "seed"),
    "steps": _whole("steps", "steps"),
    "guidance": _decimal("guidance"),
    "until": _decimal("until"),
    "no": _negative,
    "size": _size,
    "ar": _ratio,
    "sampler": _sampler,
    "strength": _decimal("strength"),
    "vary": _decimal("vary"),
    "upscale": _upscale,
}
