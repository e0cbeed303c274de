"""The words of a base model, read without loading it."""

import difflib
import json
from dataclasses import dataclass
from pathlib import Path

_END_OF_WORD = "</w>"


@dataclass(frozen=True)
class Vocabulary:
    """CLIP's token table: every whole word in it is one token."""

    ids: dict[str, int]
    added: frozenset[str] = frozenset()
    """Tokens beside the words, such as the placeholders of a base that was taught something."""

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """Read `tokenizer/vocab.json` of the base in `folder`, and what was added to it."""
        files = folder / "tokenizer"
        ids = json.loads((files / "vocab.json").read_text("utf-8"))
        added: set[str] = set()
        if (old := files / "added_tokens.json").is_file():
            added.update(json.loads(old.read_text("utf-8")))
        if (new := files / "tokenizer.json").is_file():
            listed = json.loads(new.read_text("utf-8")).get("added_tokens", [])
            added.update(one["content"] for one in listed)
        return cls(ids, frozenset(added))

    def has_token(self, token: str) -> bool:
        """Whether the base has a token of exactly this spelling already."""
        return token in self.added or token in self.ids or token + _END_OF_WORD in self.ids

    def single_token(self, word: str) -> int | None:
        """The id of a word that is one token, else None."""
        return self.ids.get(word.strip().lower() + _END_OF_WORD)

    def nearest(self, word: str, n: int = 3) -> tuple[str, ...]:
        """Words of the table that are spelled alike, or begin or end this one."""
        text = word.strip().lower()
        words = [
            key.removesuffix(_END_OF_WORD)
            for key in self.ids
            if key.endswith(_END_OF_WORD) and len(key) > len(_END_OF_WORD) + 2 and key.isascii()
        ]
        parts = [part for part in text.replace("-", " ").split() if self.single_token(part)]
        alike = difflib.get_close_matches(text, words, n, cutoff=0.6)
        return tuple(dict.fromkeys([*parts, *alike]))[:n]
