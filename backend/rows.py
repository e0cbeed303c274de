"""SQL that both databases need said in their own words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Table

_JOB_QUEUE_LOCK = 0x6669676A
"""Number of the advisory lock of PostgreSQL; 'figj' in ASCII."""

_ADMISSION_LOCK = 0x66696761
"""The same for quotas; 'figa'."""


async def insert_once(session: AsyncSession, table: type[Table], values: Mapping[str, Any]) -> bool:
    """Insert a row; return False and change nothing if one with the same key is there."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(dict(values)).on_conflict_do_nothing()
    result = await session.execute(statement.returning(text("1")))
    return result.first() is not None


async def lock_job_queue(session: AsyncSession) -> None:
    """Let one transaction at a time change who waits for what, until it ends.

    Queue positions follow from all waiting jobs together. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(text(f"pg_advisory_xact_lock({_JOB_QUEUE_LOCK})")))


async def lock_admission(session: AsyncSession) -> None:
    """Let one transaction at a time count what people have had, until it ends."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(text(f"pg_advisory_xact_lock({_ADMISSION_LOCK})")))
