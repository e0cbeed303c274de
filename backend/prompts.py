"""From a prompt to the ids that the text encoder looks up, concepts included."""

import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from transformers import CLIPTokenizer

from backend.engine_draws import LoadedConcept
from backend.errors import BackendError, ErrorCode
from cluster.placeholder import find_placeholders


class PromptReader:
    """Turns prompts into ids of a base model's text encoder.

    Ids from `table_rows` on address the rows of the concepts given along, in their order. The
    tokenizer itself never learns a token: two people's concepts may have the same name.
    """

    def __init__(
        self,
        tokenize: Callable[[str], Sequence[int]],
        *,
        table_rows: int,
        length: int,
        begin: int,
        end: int,
        padding: int,
    ) -> None:
        self._tokenize = tokenize
        self._table_rows = table_rows
        self._length = length
        self._begin, self._end, self._padding = begin, end, padding

    @classmethod
    def load(cls, base: Path, table_rows: int, length: int) -> "PromptReader":
        """Read the tokenizer of a base model folder (OSError, ValueError).

        `table_rows` is the height of the text encoder's token table, `length` how many ids it
        reads at once.
        """
        with warnings.catch_warnings():
            # transformers itself builds CLIP's tokenizer in a way that tokenizers calls outdated.
            warnings.filterwarnings("ignore", "Deprecated in 0.9.0: BPE", DeprecationWarning)
            tokenizer = CLIPTokenizer.from_pretrained(base / "tokenizer", local_files_only=True)
        if len(tokenizer) > table_rows:
            raise ValueError(f"{len(tokenizer)} tokens, but {table_rows} rows")

        def tokenize(text: str) -> Sequence[int]:
            ids: Sequence[int] = tokenizer(text, add_special_tokens=False, verbose=False).input_ids
            return ids

        return cls(
            tokenize,
            table_rows=table_rows,
            length=length,
            begin=tokenizer.bos_token_id,
            end=tokenizer.eos_token_id,
            padding=tokenizer.pad_token_id,
        )

    def ids(self, prompt: str, concepts: Sequence[LoadedConcept]) -> NDArray[np.int64]:
        """Return the padded ids, int64 [1, length].

        Raises BackendError: unknown_token for a placeholder that is not among `concepts`,
        prompt_too_long where the encoder would have to cut something off. Both would otherwise
        give another picture than was asked for, without a word.
        """
        first_row: dict[str, range] = {}
        row = self._table_rows
        for concept in concepts:
            first_row[concept.token] = range(row, row + len(concept.rows))
            row += len(concept.rows)
        unknown = [token for token in find_placeholders(prompt) if token not in first_row]
        if unknown:
            raise BackendError(
                ErrorCode.UNKNOWN_TOKEN,
                f"The recipe names {unknown[0]} without saying which concept that is.",
                "Ask for the picture again.",
            )
        ids = [self._begin]
        for part in _split(prompt, list(first_row)):
            ids += first_row.get(part.lower()) or self._tokenize(part)
        ids.append(self._end)
        if len(ids) > self._length:
            raise BackendError(
                ErrorCode.PROMPT_TOO_LONG,
                f"The prompt has {len(ids) - 2} tokens; the model reads {self._length - 2}.",
                "Leave out what matters least: the rest would not be drawn.",
            )
        ids += [self._padding] * (self._length - len(ids))
        return np.array([ids], dtype=np.int64)


def _split(prompt: str, tokens: Sequence[str]) -> list[str]:
    """Cut the prompt at the tokens, which are kept as parts of their own."""
    if not tokens:
        return [prompt]
    either = "|".join(re.escape(token) for token in tokens)
    return [part for part in re.split(f"({either})", prompt, flags=re.IGNORECASE) if part]
