"""Brings a database to the tables that this version of the code needs."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url, text

from backend.database import BEGIN_OPTION, open_engine
from backend.errors import BackendError, ErrorCode

_log = structlog.get_logger(__name__)

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6669676D
"""Number of the advisory lock of PostgreSQL; 'figm' in ASCII."""


async def migrate(database_url: str) -> None:
    """Create or upgrade the tables of `database_url`; does nothing when they are up to date.

    Several processes may call it at once: one works, the others wait for it. Raises BackendError
    (database).
    """
    try:
        await _prepare(database_url)
    except Exception as error:
        # Which error says that a database is away depends on its driver.
        _log.exception("migrating_failed")
        raise BackendError(
            ErrorCode.DATABASE,
            "The database cannot be reached, or not be brought to this version.",
            "Look whether it runs and FIGMENT_DATABASE_URL is right; the log says more.",
        ) from error


async def _prepare(database_url: str) -> None:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        await _migrate(database_url)
        return
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    async with _sole(path.with_name(f"{path.name}-migrating")):
        await _migrate(database_url)


@asynccontextmanager
async def _sole(path: Path) -> AsyncIterator[None]:
    """Wait for a lock on a file and hold it.

    SQLite itself does not let a second connection wait while the first one turns on WAL.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


async def _migrate(database_url: str) -> None:
    engine = open_engine(database_url).execution_options(**{BEGIN_OPTION: "IMMEDIATE"})
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
