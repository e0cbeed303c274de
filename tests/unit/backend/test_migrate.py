"""The migrations make the tables that the models describe."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import Connection, MetaData, inspect, text

import backend.migrate
from backend.database import LENT_TABLES, open_engine
from backend.errors import BackendError, ErrorCode
from backend.migrate import migrate
from backend.models import Table
from tests.postgres import PostgresServer

MIGRATIONS = Path(backend.migrate.__file__).parent / "migrations"


def _differences(connection: Connection) -> list[object]:
    return _compared(connection, Table.metadata, lent=False)


def _compared(connection: Connection, metadata: MetaData, lent: bool) -> list[object]:
    def is_looked_at(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or (name in LENT_TABLES) is lent

    options = {"compare_type": True, "include_name": is_looked_at}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


def _tables_of_slack_sdk() -> MetaData:
    metadata = MetaData()
    store = AsyncSQLAlchemyInstallationStore
    store.build_bots_table(metadata, store.default_bots_table_name)
    store.build_installations_table(metadata, store.default_installations_table_name)
    states = AsyncSQLAlchemyOAuthStateStore
    states.build_oauth_states_table(metadata, states.default_table_name)
    return metadata


async def test_the_migrations_make_the_tables_that_slack_sdk_expects(database_url: str) -> None:
    metadata = _tables_of_slack_sdk()
    assert set(metadata.tables) == LENT_TABLES
    engine = open_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_compared, metadata, True) == []
    await engine.dispose()


async def test_the_migrations_make_the_tables_of_the_models(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        tables = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    await engine.dispose()
    assert tables == {*Table.metadata.tables, *LENT_TABLES, "alembic_version"}


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
