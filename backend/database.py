"""The connection to SQLite or PostgreSQL: engines, pragmas, short transactions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

_BUSY_SECONDS = 30
_CONNECT_SECONDS, _COMMAND_SECONDS = 10, 60
"""Of PostgreSQL. No statement of ours takes seconds, but it may have to wait for another's lock."""
BEGIN_OPTION = "figment_begin"
"""Execution option: how SQLite begins a transaction (DEFERRED unless said)."""
LENT_TABLES = frozenset({"slack_bots", "slack_installations", "slack_oauth_states"})
"""Tables that a library keeps here by itself: a migration makes them, no model describes them."""


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # Transactions are begun by us (below): the driver would begin them too late, at the first
    # write, when another writer may already have changed what was read.
    vars_of: Any = connection
    vars_of.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get(BEGIN_OPTION, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def open_engine(url: str) -> AsyncEngine:
    """Return an engine for `url` (`sqlite+aiosqlite://...` or `postgresql+asyncpg://...`).

    SQLite runs with WAL and foreign keys, and waits up to 30 s for another writer.
    """
    if make_url(url).get_backend_name() != "sqlite":
        # A server that is gone without a word would be waited for without an end.
        limits = {"timeout": _CONNECT_SECONDS, "command_timeout": _COMMAND_SECONDS}
        return create_async_engine(url, pool_pre_ping=True, connect_args=limits)
    engine = create_async_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


class Database:
    """Hands out sessions. No session is kept open across network calls or long work."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        reader = engine
        if engine.dialect.name == "postgresql":
            # Else each statement of a transaction would see a state of its own.
            reader = engine.execution_options(isolation_level="REPEATABLE READ")
        self._read = async_sessionmaker(reader, expire_on_commit=False)
        writer = engine.execution_options(**{BEGIN_OPTION: "IMMEDIATE"})
        self._write = async_sessionmaker(writer, expire_on_commit=False)
        # SQLite lets those who wait for its lock sleep for up to 100 ms at a time, in no order.
        is_sqlite = engine.dialect.name == "sqlite"
        self._turn = asyncio.Lock() if is_sqlite else nullcontext()
        self._line = asyncio.Lock() if is_sqlite else nullcontext()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one state of the database and writes nothing."""
        async with self._read() as session, session.begin():
            yield session

    @asynccontextmanager
    async def writing(self, *, at_once: bool = False) -> AsyncIterator[AsyncSession]:
        """Give a session whose transaction commits at the end, or not at all on an exception.

        On SQLite it holds the write lock from the start, on PostgreSQL only the rows it locks.
        On SQLite tasks of this process get it in the order in which they asked; those to whom it
        is given `at_once`, as somebody waits for them, wait for no more than one of the others.
        """
        line = nullcontext() if at_once else self._line
        async with line, self._turn, self._write() as session, session.begin():
            yield session

    @property
    def lent(self) -> AsyncEngine:
        """The engine for a library that reads and writes `LENT_TABLES` by itself.

        Its transactions hold SQLite's write lock from the start: one that reads first, and then
        writes, would fail where somebody else has written in between.
        """
        return self._engine.execution_options(**{BEGIN_OPTION: "IMMEDIATE"})

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
