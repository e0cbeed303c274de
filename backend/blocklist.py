"""Words and phrases that no prompt may have. Pure, but for reading the file."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backend.errors import BackendError, ErrorCode
from backend.prompt_weights import as_read

_SECTION = re.compile(r"\[(?P<workspace>[^\[\]]+)\]")
_WORD = re.compile(r"[^\W_]+")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Blocklist:
    """Phrases for every workspace, and further ones for some. A phrase is as it was written."""

    everywhere: tuple[str, ...] = ()
    workspaces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def found_in(self, prompt: str, workspace: str) -> str | None:
        """Return the first phrase that `prompt` has in it; None if it has none.

        Whole words are compared, with whatever stands between them left out, without regard to
        case, accents, invisible characters and the width of letters.
        """
        words = words_of(prompt)
        for phrase in (*self.everywhere, *self.workspaces.get(workspace, ())):
            wanted = words_of(phrase)
            ends = range(len(wanted), len(words) + 1)
            if any(words[end - len(wanted) : end] == wanted for end in ends):
                return phrase
        return None


def words_of(text: str) -> Words:
    """Return the words of `text` in the form in which they are compared."""
    text = unicodedata.normalize("NFKD", text)
    # Marks of accents, and characters that nobody sees.
    text = "".join(one for one in text if unicodedata.category(one) not in {"Mn", "Cf"})
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text.casefold())))


def parse_blocklist(text: str) -> Blocklist:
    """Read one phrase a line; those after a line `[T0123]` are of that workspace alone.

    Lines that begin with # and lines without a word are left out.
    """
    everywhere: list[str] = []
    workspaces: dict[str, list[str]] = {}
    phrases = everywhere
    for line in map(str.strip, text.splitlines()):
        if section := _SECTION.fullmatch(line):
            phrases = workspaces.setdefault(section["workspace"].strip(), [])
        elif not line.startswith("#") and words_of(line):
            phrases.append(line)
    return Blocklist(
        tuple(everywhere), {name: tuple(phrases) for name, phrases in workspaces.items()}
    )


def read_blocklist(file: Path | None) -> Blocklist:
    """Read the blocklist in `file`, UTF-8; None stands for an empty one.

    Raises BackendError (bad_blocklist) where it cannot be read: nothing may be drawn unchecked.
    """
    if file is None:
        return Blocklist()
    try:
        return parse_blocklist(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise BackendError(
            ErrorCode.BAD_BLOCKLIST,
            "The list of words that must not be drawn cannot be read, so nothing is drawn now.",
            "Whoever runs Figment sets it with FIGMENT_BLOCKLIST; it must be a text in UTF-8.",
        ) from error


def check_allowed(prompts: Sequence[str], workspace: str, blocklist: Blocklist) -> None:
    """Refuse prompts with a phrase of the blocklist in them, as written or as they are read.

    Brackets part a word for who writes it, and not for the model. Negative prompts too: people
    read them under the pictures. Raises BackendError: blocked_prompt, and what `as_read` raises.
    """
    for prompt in (*prompts, *map(as_read, prompts)):
        if (phrase := blocklist.found_in(prompt, workspace)) is not None:
            raise BackendError(
                ErrorCode.BLOCKED_PROMPT,
                f"“{phrase}” is not drawn in this workspace.",
                "Say it without that, or ask whoever runs Figment here.",
                facts={"phrase": phrase},
            )
