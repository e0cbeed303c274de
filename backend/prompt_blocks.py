"""How a prompt is laid out in the blocks that a text encoder reads one by one. Pure."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from backend.errors import BackendError, ErrorCode

BLOCK_TOKENS = 75
"""CLIP's text encoder reads 77 tokens, of which two mark beginning and end."""
MOST_BLOCKS = 4
"""The U-Net's attention costs more with each, and pays less heed to each word."""

_Token = TypeVar("_Token")


def in_blocks(
    units: Iterable[Sequence[_Token]], size: int = BLOCK_TOKENS
) -> tuple[tuple[_Token, ...], ...]:
    """Lay tokens out in blocks of at most `size`; at least one block, which may be empty.

    A unit, such as the rows of a concept, stays whole: it begins a new block if it does not fit.
    Raises BackendError (prompt_too_long) for more than `MOST_BLOCKS`, or a unit that no block
    holds.
    """
    blocks: list[list[_Token]] = [[]]
    tokens = 0
    for unit in units:
        if len(unit) > size:
            raise BackendError(
                ErrorCode.PROMPT_TOO_LONG,
                f"The prompt names a concept of {len(unit)} tokens; the model reads {size} at "
                "once.",
                "Teach it again with fewer vectors.",
                case="concept",
                facts={"tokens": len(unit), "size": size},
            )
        if len(blocks[-1]) + len(unit) > size:
            blocks.append([])
        blocks[-1] += unit
        tokens += len(unit)
    if len(blocks) > MOST_BLOCKS:
        raise BackendError(
            ErrorCode.PROMPT_TOO_LONG,
            f"The prompt has {tokens} tokens; at most {MOST_BLOCKS} times {size} are read.",
            "Leave out what matters least.",
            case="tokens",
            facts={"tokens": tokens, "blocks": MOST_BLOCKS, "size": size},
        )
    return tuple(map(tuple, blocks))
