"""The migrations make the tables that the models describe."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

import backend.migrate
from backend.database import open_engine
from backend.errors import BackendError, ErrorCode
from backend.migrate import migrate
from backend.models import Table
from tests.postgres import PostgresServer

MIGRATIONS = Path(backend.migrate.__file__).parent / "migrations"


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Table.metadata))


async def test_the_migrations_make_the_tables_of_the_models(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        tables = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    await engine.dispose()
    assert tables == {*Table.metadata.tables, "alembic_version"}


async def test_migrating_again_keeps_what_is_stored(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                'INSERT INTO concepts (id, workspace, token, "user", created_at, is_private)'
                " VALUES (7, 'T', '<x>', 'U', '2026-01-01 00:00:00', false)"
            )
        )
    await migrate(database_url)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT token FROM concepts")) == "<x>"
    await engine.dispose()


async def test_sqlite_is_made_with_its_folder_by_several_at_once(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new/folder/figment.db'}"
    await asyncio.gather(*(migrate(url) for _ in range(8)))
    engine = open_engine(url)
    async with engine.connect() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
        version = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    await engine.dispose()
    assert version == max(p.name[:4] for p in (MIGRATIONS / "versions").glob("0*.py"))


@pytest.mark.postgres
async def test_several_migrate_one_postgres_at_once(postgres_server: PostgresServer) -> None:
    url = postgres_server.new_database("migrated_at_once")
    await asyncio.gather(*(migrate(url) for _ in range(3)))
    engine = open_engine(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://figment@127.0.0.1:1/figment",
        "no url",
        "sqlite+aiosqlite:////proc/x.db",
    ],
)
async def test_a_database_that_is_away_is_said_in_words(url: str) -> None:
    with pytest.raises(BackendError) as caught:
        await migrate(url)
    assert caught.value.code is ErrorCode.DATABASE
    assert "FIGMENT_DATABASE_URL" in caught.value.hint
