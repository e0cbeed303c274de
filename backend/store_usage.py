"""What people have had lately, counted in the transaction that gives them more."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import BackendError, ErrorCode
from backend.jobs import RenderState
from backend.models import ConceptRow, ConceptVersionRow, RenderRow
from backend.people import Person
from backend.recipe import ConceptRef
from backend.roles import DAY, HOUR, Spent, Usage

_NEVER_BEGUN = and_(RenderRow.state == RenderState.CANCELLED, RenderRow.started_at.is_(None))


async def usage_for(
    session: AsyncSession, person: Person, channel: str, now: datetime, but: str = ""
) -> Usage:
    """Return what counts against a render of somebody in a channel, without the render `but`.

    What was cancelled before it was begun does not count.
    """
    theirs = and_(
        RenderRow.workspace == person.workspace,
        RenderRow.user == person.user,
        RenderRow.created_at > now - DAY,
    )
    here = and_(
        RenderRow.workspace == person.workspace,
        RenderRow.channel == channel,
        RenderRow.created_at > now - HOUR,
    )
    return Usage(
        renders=tuple(Spent(at, 1) for at, _ in await _others(session, theirs, but)),
        pictures=tuple(Spent(at, count) for at, count in await _others(session, here, but)),
    )


async def check_concepts(
    session: AsyncSession, workspace: str, concepts: Sequence[ConceptRef]
) -> None:
    """Refuse concepts that are gone, and keep the others there until the transaction ends."""
    for ref in concepts:
        there = await session.scalar(
            select(ConceptRow.id)
            .join(ConceptVersionRow, ConceptVersionRow.concept_id == ConceptRow.id)
            .where(
                ConceptRow.workspace == workspace,
                ConceptRow.token == ref.token,
                ConceptVersionRow.version == ref.version,
                ConceptVersionRow.sha256 == ref.sha256,
            )
            .with_for_update(read=True)
        )
        if there is None:
            raise BackendError(
                ErrorCode.UNKNOWN_TOKEN,
                f"Nobody has taught {ref.token} here.",
                case="nobody",
                facts={"token": ref.token},
            )


async def _others(
    session: AsyncSession, which: ColumnElement[bool], but: str
) -> Sequence[tuple[datetime, int]]:
    found = await session.execute(
        select(RenderRow.created_at, RenderRow.count).where(
            which, RenderRow.id != but, not_(_NEVER_BEGUN)
        )
    )
    return [(at, count) for at, count in found]
