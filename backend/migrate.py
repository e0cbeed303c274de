"""Brings a database to the tables that this version of the code needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url, text

from backend.database import BEGIN_OPTION, open_engine

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6669676D
"""Number of the advisory lock of PostgreSQL; 'figm' in ASCII."""


async def migrate(database_url: str) -> None:
    """Create or upgrade the tables of `database_url`; does nothing when they are up to date.

    Several processes may call it at once: one works, the others wait for it.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
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
