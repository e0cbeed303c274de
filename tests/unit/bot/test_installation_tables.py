"""Installations in Figment's own database, found by workspace."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy import func, select, text

from backend.database import LENT_TABLES, Database, open_engine
from backend.migrate import migrate
from bot.installation_tables import STATE_SECONDS, InstallationTables, StateTable
from tests.postgres import PostgresServer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def postgres_url(postgres_server: PostgresServer) -> str:
    return postgres_server.new_database("installations")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'figment.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    await migrate(url)
    database = Database(open_engine(url))
    async with database.lent.begin() as connection:
        for name in LENT_TABLES:
            await connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - names of ours
    yield database
    await database.close()


def made(
    workspace: str, token: str, at: float = NOON, enterprise: str | None = None
) -> Installation:
    return Installation(
        app_id="A1",
        enterprise_id=enterprise,
        team_id=workspace,
        team_name=workspace.lower(),
        bot_token=token,
        bot_id="B1",
        bot_user_id="U1",
        bot_scopes=["chat:write", "files:read"],
        user_id="U0ADA",
        is_enterprise_install=False,
        installed_at=at,
    )


async def test_the_latest_installation_of_a_workspace_counts(database: Database) -> None:
    tables = InstallationTables("client", database)
    await tables.async_save(made("T1", "xoxb-1"))
    await tables.async_save(made("T2", "xoxb-2", enterprise="E1"))
    await tables.async_save(made("T1", "xoxb-new", at=NOON + 1))
    first, second = await tables.find("T1"), await tables.find("T2")
    assert first is not None
    assert second is not None
    assert (first.token, first.bot_user, first.bot) == ("xoxb-new", "U1", "B1")
    assert first.scopes == frozenset({"chat:write", "files:read"})
    assert (second.token, second.enterprise) == ("xoxb-2", "E1")
    assert await tables.find("T3") is None
    assert await tables.workspaces() == ("T1", "T2")
    assert "xoxb" not in repr(first)


async def test_apps_do_not_see_each_others_installations(database: Database) -> None:
    await InstallationTables("client", database).async_save(made("T1", "xoxb-1"))
    other = InstallationTables("other", database)
    assert await other.find("T1") is None
    assert await other.workspaces() == ()
    assert not await other.remove("T1", NOON + 9)


async def test_one_workspace_is_forgotten_and_the_others_stay(database: Database) -> None:
    tables = InstallationTables("client", database)
    await tables.async_save(made("T1", "xoxb-1", enterprise="E1"))
    await tables.async_save(made("T2", "xoxb-2", enterprise="E1"))
    assert await tables.remove("T1", NOON + 9)
    assert not await tables.remove("T1", NOON + 9)
    assert await tables.find("T1") is None
    found = await tables.async_find_installation(enterprise_id="E1", team_id="T1")
    assert found is None, "the token of whoever installed it is gone, too"
    assert await tables.workspaces() == ("T2",)


async def test_late_news_of_a_removal_leave_what_was_installed_since(database: Database) -> None:
    tables = InstallationTables("client", database)
    await tables.async_save(made("T1", "xoxb-1", at=NOON + 60))
    assert not await tables.remove("T1", NOON)
    assert await tables.find("T1") is not None
    # Slack tells the second only.
    assert await tables.remove("T1", float(int(NOON + 60)))


async def test_a_state_counts_once_and_for_a_while(database: Database) -> None:
    states = StateTable(database)
    state = await states.async_issue()
    assert await states.async_consume(state)
    assert not await states.async_consume(state)
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=STATE_SECONDS + 1)):
        old = await states.async_issue()
    assert not await states.async_consume(old)


async def test_states_of_people_who_never_came_back_go(database: Database) -> None:
    states = StateTable(database)
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=STATE_SECONDS + 1)):
        for _ in range(3):
            await states.async_issue()
    await states.async_issue()
    async with database.lent.connect() as connection:
        number = await connection.scalar(select(func.count()).select_from(states.oauth_states))
    assert number == 1


async def test_many_install_while_others_write(database: Database) -> None:
    tables, states = InstallationTables("client", database), StateTable(database)

    async def install(number: int) -> None:
        assert await states.async_consume(await states.async_issue())
        await tables.async_save(made(f"T{number}", f"xoxb-{number}"))
        assert (found := await tables.find(f"T{number}")) is not None
        assert found.token == f"xoxb-{number}"

    await asyncio.gather(*(install(number) for number in range(8)))
    assert len(await tables.workspaces()) == 8
