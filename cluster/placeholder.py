"""The one place that knows what a placeholder token looks like."""

import html
import re
import unicodedata

from cluster.errors import PlaceholderError

_NAME = r"[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?"
_PLACEHOLDER = re.compile(rf"<({_NAME})>")
_BARE = re.compile(_NAME)


def parse_placeholder(text: str) -> str:
    """The placeholder token a person wrote: `<dicoo>`, `&lt;dicoo&gt;` or bare `dicoo`.

    Returns:
        The token with its angle brackets, in lower case.

    Raises:
        PlaceholderError: it is not a name of 1 to 32 letters, digits, `-` and `_`.
    """
    written = html.unescape(text).strip().lower()
    name = written[1:-1] if written.startswith("<") and written.endswith(">") else written
    if not _BARE.fullmatch(name):
        shown = text.strip()[:40]
        raise PlaceholderError(
            "bad_placeholder",
            f"'{shown}' cannot be a name: use letters, digits, - or _, such as <dicoo>.",
            "1 to 32 of a-z, 0-9, - and _, beginning and ending with a letter or a digit.",
            facts={"name": shown},
        )
    return f"<{name}>"


def derive_placeholder(text: str) -> str | None:
    """The placeholder token nearest to a name from elsewhere: `<my-cat>` for `My cät!`.

    A token itself stays as it is. None where too little of the name is left to recognise it: a
    token that is derived has a letter in it.
    """
    if _PLACEHOLDER.fullmatch(written := text.strip().lower()):
        return written
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:32].strip("-_")
    return f"<{name}>" if re.search("[a-z]", name) else None


def find_placeholders(prompt: str) -> tuple[str, ...]:
    """Every `<name>` of a prompt, in order, each once, in lower case."""
    found = (f"<{match}>" for match in _PLACEHOLDER.findall(prompt.lower()))
    return tuple(dict.fromkeys(found))
