"""Blocks on their way in: checked, then given the ids that the app left out."""

import secrets
from collections.abc import Iterable, Iterator

from demo.workspace.block_checks import Findings, note
from demo.workspace.block_rules import check_message_blocks
from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.state import Team


def accept_blocks(sent: list[object] | None, team: Team) -> tuple[Json, ...]:
    """Check a message's blocks and give each block and element an id.

    Raises:
        ApiError: invalid_blocks, with one line per finding.
    """
    findings = check_message_blocks(sent or [])
    blocks = [block for block in sent or [] if isinstance(block, dict)]
    findings += check_pictures(blocks, "/blocks", team)
    if findings:
        raise ApiError("invalid_blocks", *findings)
    return with_ids(blocks)


def check_pictures(blocks: Iterable[Json], pointer: str, team: Team) -> Findings:
    """Return the `slack_file`s of the blocks that are no picture the workspace has ready."""
    findings: Findings = []
    for index, block in enumerate(blocks):
        elements = block.get("elements")
        places = [
            (block, f"{pointer}/{index}"),
            (block.get("accessory"), f"{pointer}/{index}/accessory"),
            *(
                (one, f"{pointer}/{index}/elements/{place}")
                for place, one in enumerate(elements if isinstance(elements, list) else ())
            ),
        ]
        for holder, at in places:
            named = holder.get("slack_file") if isinstance(holder, dict) else None
            if isinstance(named, dict) and not _is_ready_picture(named, team):
                note(findings, f"{at}/slack_file", "invalid slack file")
    return findings


def with_ids(blocks: Iterable[Json]) -> tuple[Json, ...]:
    """Return the blocks with a `block_id` each and an `action_id` for each element."""
    return tuple(_named(block) for block in blocks)


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


def _is_ready_picture(named: Json, team: Team) -> bool:
    # A file's address ends in /files/<id>/<name>.
    file_id = named.get("id") or str(named.get("url")).rstrip("/").split("/")[-2:][0]
    stored = team.files.get(str(file_id))
    return stored is not None and stored.ready and stored.mimetype.startswith("image/")


def _named(block: Json) -> Json:
    named = {**block, "block_id": block.get("block_id") or _short_id()}
    if block.get("type") == "actions":
        named["elements"] = [_named_element(one) for one in block["elements"]]
    for place in ("accessory", "element"):
        if isinstance(block.get(place), dict) and block[place].get("type") != "image":
            named[place] = _named_element(block[place])
    return named


def _named_element(element: Json) -> Json:
    return {**element, "action_id": element.get("action_id") or _short_id()}


def _short_id() -> str:
    return secrets.token_urlsafe(4)[:5]
