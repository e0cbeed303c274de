"""Pictures that somebody was asked about before they are taught with. Kept in the inbox."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from backend.clock import Clock, utc_now
from backend.views import Incoming
from bot.asks import Ask, FileInfo
from bot.wishes import Teach

_log = structlog.get_logger(__name__)

KIND = "teach_draft"
_KEPT = timedelta(days=30)
"""Nobody answers a question that is older."""


class Draft(BaseModel):
    """A teach request that waits for a yes: who asked what, and the files that can be used."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    ask: Ask
    wish: Teach
    files: tuple[FileInfo, ...]
    sheet: str | None = None
    """The file in Slack that shows the pictures."""


class Keeper(Protocol):
    """What of the service keeps them."""

    async def receive(self, incoming: Incoming) -> bool:
        """Store something once."""

    async def settle(self, event_id: str) -> None:
        """Forget about it."""


class Drafts:
    """The questions that wait for an answer."""

    def __init__(self, keeper: Keeper, clock: Clock = utc_now) -> None:
        self._keeper = keeper
        self._now = clock
        self._open: dict[str, Draft] = {}

    async def restore(self, rows: Sequence[Incoming]) -> None:
        """Take up what an earlier process knew; let go of what is too old to be answered."""
        for row in rows:
            if row.kind != KIND:
                continue
            try:
                draft = Draft.model_validate(row.body)
            except ValidationError:
                _log.exception("draft_not_readable", draft=row.event_id)
                await self._keeper.settle(row.event_id)
                continue
            if draft.sheet is None and self._is_outdated(draft):
                await self._keeper.settle(row.event_id)
            else:
                self._open[draft.id] = draft

    async def keep(
        self, ask: Ask, wish: Teach, files: Sequence[FileInfo], sheet: str | None = None
    ) -> Draft:
        """Keep what is asked back about; the same ask again makes the same draft."""
        draft_id = _draft_id(ask)
        draft = Draft(id=draft_id, ask=ask, wish=wish, files=tuple(files), sheet=sheet)
        body = draft.model_dump(mode="json")
        await self._keeper.receive(Incoming(_event_id(draft_id), KIND, body, self._now()))
        self._open[draft_id] = draft
        return draft

    def of(self, draft_id: str) -> Draft | None:
        """Return a draft that waits for its answer."""
        draft = self._open.get(draft_id)
        return None if draft is None or self._is_outdated(draft) else draft

    def about(self, ask: Ask) -> Draft | None:
        """Return the draft that an earlier attempt at this ask has made."""
        return self.of(_draft_id(ask))

    def outdated(self, workspace: str) -> tuple[Draft, ...]:
        """Return what is too old to be answered, to be forgotten with its sheet."""
        theirs = (one for one in self._open.values() if one.ask.workspace == workspace)
        return tuple(one for one in theirs if self._is_outdated(one))

    async def forget(self, draft_id: str) -> None:
        """Forget what was answered."""
        await self._keeper.settle(_event_id(draft_id))
        self._open.pop(draft_id, None)

    def _is_outdated(self, draft: Draft) -> bool:
        return self._now() - draft.ask.at > _KEPT


def _draft_id(ask: Ask) -> str:
    return hashlib.sha256(ask.event_id.encode()).hexdigest()[:24]


def _event_id(draft_id: str) -> str:
    return f"draft:{draft_id}"
