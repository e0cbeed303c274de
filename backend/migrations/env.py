"""Alembic's entry: runs on the connection that `backend.migrate` gives it.

Without one (the `alembic` command of a developer) it opens the database of the settings.
"""

import asyncio
from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from backend.database import LENT_TABLES, open_engine
from backend.models import Table, UtcDateTime
from backend.settings import BackendSettings


def _render_item(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write our types in migrations as what they are in the database: those never change."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_item=_render_item,
        include_name=lambda name, kind, _: kind != "table" or name not in LENT_TABLES,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


async def _open_and_run() -> None:
    engine = open_engine(BackendSettings().url)
    async with engine.begin() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


given = context.config.attributes.get("connection")
if isinstance(given, Connection):
    _run(given)
else:
    asyncio.run(_open_and_run())
