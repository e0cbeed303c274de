"""From a prompt to the ids that the text encoder looks up, concepts included."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from transformers import CLIPTokenizer

from backend.engine_draws import LoadedConcept
from backend.errors import BackendError, ErrorCode
from backend.prompt_blocks import in_blocks
from backend.prompt_weights import checked_parts


@dataclass(frozen=True, slots=True, eq=False)
class ReadPrompt:
    """What the text encoder is given for a prompt, block by block.

    `ids` int64 [n, length]; `weights` float32 [n, length], 1 for all that nobody weighed.
    """

    ids: NDArray[np.int64]
    weights: NDArray[np.float32]


_Weighed = tuple[int, float]
"""An id and how much it weighs."""


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

    def read(self, prompt: str, concepts: Sequence[LoadedConcept]) -> ReadPrompt:
        """Return the padded ids and weights of as many blocks as the prompt needs.

        Raises BackendError: unknown_token for a placeholder that is not among `concepts`,
        prompt_too_long, bad_number for a weight. Each would otherwise give another picture than
        was asked for, without a word.
        """
        return self._laid_out(in_blocks(self._units(prompt, concepts), self._length - 2))

    def padded(self, read: ReadPrompt, blocks: int) -> ReadPrompt:
        """Return `read` with empty blocks at its end, `blocks` in all."""
        missing = self._laid_out([()] * (blocks - len(read.ids)))
        return ReadPrompt(
            np.concatenate([read.ids, missing.ids]), np.concatenate([read.weights, missing.weights])
        )

    def _laid_out(self, blocks: Sequence[Sequence[_Weighed]]) -> ReadPrompt:
        ids = np.full((len(blocks), self._length), self._padding, np.int64)
        weights = np.ones((len(blocks), self._length), np.float32)
        for row, block in enumerate(blocks):
            ids[row, 0] = self._begin
            ids[row, len(block) + 1] = self._end
            for column, (token, weight) in enumerate(block, start=1):
                ids[row, column], weights[row, column] = token, weight
        return ReadPrompt(ids, weights)

    def _units(
        self, prompt: str, concepts: Sequence[LoadedConcept]
    ) -> Iterator[Sequence[_Weighed]]:
        """What stays together in a block: single tokens, and all rows of a concept."""
        rows: dict[str, range] = {}
        row = self._table_rows
        for concept in concepts:
            rows[concept.token] = range(row, row + len(concept.rows))
            row += len(concept.rows)
        for part in checked_parts(prompt):
            if not part.is_token:
                yield from ([(token, part.weight)] for token in self._tokenize(part.text))
            elif part.text in rows:
                yield [(token, part.weight) for token in rows[part.text]]
            else:
                raise BackendError(
                    ErrorCode.UNKNOWN_TOKEN,
                    f"The recipe names {part.text} without saying which concept that is.",
                    "Ask for the picture again.",
                )
