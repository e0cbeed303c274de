"""Lists in pages, with Slack's cursors."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.web_api.call import Call

Item = TypeVar("Item")
LARGEST_PAGE = 1000
_PREFIX = "from:"


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list; `cursor` is empty on the last one."""

    items: Sequence[Item]
    cursor: str

    @property
    def metadata(self) -> Json:
        """The answer's `response_metadata`."""
        return {"response_metadata": {"next_cursor": self.cursor}}


def page_of(items: Sequence[Item], call: Call, usual: int = 100) -> Page[Item]:
    """Return the page that the call's `cursor` and `limit` name.

    Raises:
        ApiError: the cursor is not one of ours, or the limit is no sensible number.
    """
    limit = call.number("limit", usual)
    if not 1 <= limit <= LARGEST_PAGE:
        raise ApiError("invalid_limit")
    start = _start(call.text("cursor"))
    end = start + limit
    more = end < len(items)
    cursor = base64.b64encode(f"{_PREFIX}{end}".encode()).decode() if more else ""
    return Page(items[start:end], cursor)


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix(_PREFIX))
    except (binascii.Error, ValueError) as error:
        raise ApiError("invalid_cursor") from error
