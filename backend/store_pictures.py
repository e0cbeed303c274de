"""Pictures handed out to rendering workers as leases: each is drawn by one, and once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.claims import ClaimedConcept, PictureClaim
from backend.clock import Clock
from backend.database import Database
from backend.jobs import OPEN_RENDERS, PictureState
from backend.layout import DataFolder
from backend.models import ConceptRow, ConceptVersionRow, PictureRow, RenderRow
from backend.picture_line import first_waiting, last_served, lock_first
from backend.policy import (
    batch_order,
    lease_is_stale,
    picture_is_retried,
    picture_order,
)
from backend.recipe import Recipe
from backend.store_renders import drop_open_pictures, lock_pictures, settle_renders
from backend.views import Failure

_LOST_TOO_OFTEN = Failure(
    "worker_lost",
    "The drawing process died several times over this picture.",
    "Try fewer or smaller pictures; the log of the worker says more.",
)
_UNREADABLE = Failure(
    "unreadable_recipe",
    "The request was written by another version of Figment than the one that draws.",
    "Ask again once all workers have the same version.",
)
_OTHER_BASE = Failure(
    "base_model",
    "It was asked of the base model that was in use before.",
    "Ask again.",
)
_SPARE = 8
"""More of each person's pictures are looked at than are wanted: other workers may be taking some
at this very moment."""


class PictureQueue:
    """The worker's side of the renders."""

    def __init__(self, database: Database, folder: DataFolder, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._now = clock

    async def claim(
        self,
        worker: str,
        limit: int,
        now: datetime,
        lease: timedelta,
        base_hash: str | None = None,
    ) -> tuple[PictureClaim, ...]:
        """Claim up to `limit` pictures that one batch can draw together, in fair order.

        With `base_hash` only pictures of that base model are considered.
        """
        async with self._database.reading() as session:
            # Most looks find nothing: they must not take SQLite's write lock.
            if not await first_waiting(session, 1, base_hash):
                return ()
        async with self._database.writing() as session:
            pictures = await first_waiting(session, limit + _SPARE, base_hash)
            if not pictures:
                return ()
            served = await last_served(session, min(item.since for item in pictures))
            order = batch_order(picture_order(list(pictures), served))
            keys = [pictures[item] for item in order]
            rows = await lock_first(session, keys, limit)
            for row in rows:
                row.state = PictureState.DRAWING
                row.worker, row.ticket = worker, uuid4().hex
                row.attempt += 1
                row.step = 0
                row.claimed_at = now
                row.lease_until = now + lease
            await session.flush()
            await settle_renders(session, sorted({row.render_id for row in rows}), now)
            claims, unreadable = [], []
            for row in rows:
                try:
                    claims.append(await self._claim(session, row))
                except ValidationError:
                    unreadable.append((row.render_id, row.position))
        for render_id, position in unreadable:
            # One such picture must not keep the workers from all that wait behind it.
            await self._fail_held(render_id, position, worker, now)
        return tuple(claims)

    async def finish(
        self, claim: PictureClaim, path: Path | None, recipe: Recipe, held_back: bool
    ) -> bool:
        """Record a finished picture: at `path`, or held back (path None).

        False if the claim was lost (lease expired, render cancelled): then nothing changes.
        """
        now = self._now()
        async with self._database.writing() as session:
            row = await _claimed(session, claim)
            if row is None:
                return False
            row.state = PictureState.DONE
            row.path = None if path is None else self._folder.relative(path)
            row.recipe = recipe.model_dump(mode="json")
            row.held_back = held_back
            row.ticket = row.lease_until = None
            row.ended_at = now
            await session.flush()
            await settle_renders(session, [claim.render_id], now)
            return True

    async def fail(self, claim: PictureClaim, failure: Failure) -> bool:
        """End the render of a picture that cannot be drawn; its finished pictures are kept."""
        async with self._database.writing() as session:
            await lock_pictures(session, claim.render_id)
            row = await _claimed(session, claim)
            if row is None:
                return False
            await _fail_picture(session, row, failure, self._now())
            return True

    async def renew(
        self, claims: Sequence[PictureClaim], now: datetime, lease: timedelta, step: int = 0
    ) -> tuple[PictureClaim, ...]:
        """Prolong leases; return the claims that still hold, without those of cancelled renders.

        `step` is how many sampling steps are behind each of the pictures.
        """
        if not claims:
            return ()
        async with self._database.writing() as session:
            held = await session.scalars(
                update(PictureRow)
                .where(
                    # Indexed, and few: all that were ever drawn have no ticket, too.
                    PictureRow.state == PictureState.DRAWING,
                    PictureRow.ticket.in_([claim.ticket for claim in claims]),
                )
                .values(lease_until=now + lease, step=step)
                .returning(PictureRow.ticket)
            )
            tickets = frozenset(held)
        return tuple(claim for claim in claims if claim.ticket in tickets)

    async def release(self, claims: Sequence[PictureClaim]) -> None:
        """Give pictures back that were not drawn, as if they had never been claimed."""
        if not claims:
            return
        async with self._database.writing() as session:
            await _requeue(
                session,
                PictureRow.ticket.in_([claim.ticket for claim in claims]),
                self._now(),
                uncount=1,
            )

    async def waiting(self, base_hash: str | None = None) -> int:
        """Return how many pictures wait for a worker: all, or those of one base model."""
        query = select(func.count()).where(PictureRow.state == PictureState.QUEUED)
        if base_hash is not None:
            query = query.where(PictureRow.batch_group.startswith(f"{base_hash}:"))
        async with self._database.reading() as session:
            return await session.scalar(query) or 0

    async def expire(self, now: datetime) -> int:
        """Put pictures whose lease has ended back into the queue; return how many.

        A picture over which several workers died fails with its render.
        """
        stale = (PictureRow.state == PictureState.DRAWING) & (PictureRow.lease_until < now)
        async with self._database.reading() as session:
            lost = await session.execute(
                select(PictureRow.render_id, PictureRow.position, PictureRow.attempt).where(stale)
            )
            hopeless = [row for row in lost if not picture_is_retried(row[2])]
            found = bool(hopeless) or (await session.scalar(select(func.count()).where(stale)))
        if not found:
            return 0
        for render_id, position, _ in hopeless:
            async with self._database.writing() as session:
                await lock_pictures(session, render_id)
                row = await session.get(PictureRow, (render_id, position))
                if row is not None and _is_lost(row, now):
                    await _fail_picture(session, row, _LOST_TOO_OFTEN, now)
        async with self._database.writing() as session:
            return await _requeue(session, stale, now, uncount=0)

    async def fail_of_other_bases(self, base_hash: str, now: datetime) -> int:
        """End the renders that wait for a base model that is not in use; return how many."""
        other = PictureRow.batch_group.startswith(f"{base_hash}:").is_(False)
        waiting = (PictureRow.state == PictureState.QUEUED) & other
        async with self._database.reading() as session:
            found = (await session.scalars(select(PictureRow.render_id).where(waiting))).unique()
            renders = tuple(found)
        for render_id in renders:
            async with self._database.writing() as session:
                await lock_pictures(session, render_id)
                first = select(PictureRow).where(waiting, PictureRow.render_id == render_id)
                row = await session.scalar(first.limit(1))
                if row is not None:
                    await _fail_picture(session, row, _OTHER_BASE, now)
        return len(renders)

    async def _fail_held(self, render_id: str, position: int, worker: str, now: datetime) -> None:
        async with self._database.writing() as session:
            await lock_pictures(session, render_id)
            row = await session.get(PictureRow, (render_id, position))
            if row is not None and row.state is PictureState.DRAWING and row.worker == worker:
                await _fail_picture(session, row, _UNREADABLE, now)

    async def _claim(self, session: AsyncSession, row: PictureRow) -> PictureClaim:
        recipe = Recipe.model_validate(row.recipe)
        concepts = []
        for ref in recipe.concepts:
            embedding = await session.scalar(
                select(ConceptVersionRow.embedding)
                .join(ConceptRow, ConceptVersionRow.concept_id == ConceptRow.id)
                .join(RenderRow, RenderRow.workspace == ConceptRow.workspace)
                .where(
                    RenderRow.id == row.render_id,
                    ConceptRow.token == ref.token,
                    ConceptVersionRow.version == ref.version,
                )
            )
            path = self._folder.absolute(embedding or f"missing/{ref.token}")
            concepts.append(ClaimedConcept(ref.token, ref.version, ref.sha256, path))
        if row.ticket is None or row.worker is None or row.lease_until is None:
            raise ValueError("the picture is not claimed")
        return PictureClaim(
            render_id=row.render_id,
            index=row.position,
            ticket=row.ticket,
            worker=row.worker,
            attempt=row.attempt,
            recipe=recipe,
            concepts=tuple(concepts),
            out=self._folder.picture(row.render_id, row.position),
            lease_until=row.lease_until,
            start=None if recipe.start is None else self._folder.start(recipe.start.sha256),
            enlarges=None if row.enlarges is None else self._folder.absolute(row.enlarges),
        )


def _is_lost(row: PictureRow, now: datetime) -> bool:
    return row.state is PictureState.DRAWING and lease_is_stale(row.lease_until, now)


async def _claimed(session: AsyncSession, claim: PictureClaim) -> PictureRow | None:
    return await session.scalar(
        select(PictureRow)
        .where(PictureRow.ticket == claim.ticket, PictureRow.state == PictureState.DRAWING)
        .with_for_update()
    )


async def _fail_picture(
    session: AsyncSession, row: PictureRow, failure: Failure, now: datetime
) -> None:
    """Fail a picture and its render. The caller has locked the render's pictures."""
    row.state = PictureState.FAILED
    row.ticket = row.lease_until = None
    row.ended_at = now
    await session.flush()
    await drop_open_pictures(session, row.render_id, now)
    render = await session.get(RenderRow, row.render_id, with_for_update=True)
    if render is not None and render.state in OPEN_RENDERS:
        render.failure_reason = failure.reason
        render.failure_message = failure.message
        render.failure_hint = failure.hint
        await session.flush()
        await settle_renders(session, [row.render_id], now)


async def _requeue(
    session: AsyncSession, which: ColumnElement[bool], now: datetime, uncount: int
) -> int:
    found = await session.scalars(
        select(PictureRow)
        .where(which, PictureRow.state == PictureState.DRAWING)
        .with_for_update(skip_locked=True)
    )
    rows = found.all()
    for row in rows:
        row.state = PictureState.QUEUED
        row.attempt -= uncount
        row.step = 0
        if uncount:
            # They keep their place in the line; after a loss they go to its end.
            row.claimed_at = None
        row.ticket = row.lease_until = row.worker = None
    await session.flush()
    await settle_renders(session, sorted({row.render_id for row in rows}), now)
    return len(rows)
