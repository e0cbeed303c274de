"""A store on each database, and a service on it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend.base import BaseShelf
from backend.database import open_engine
from backend.migrate import migrate
from backend.models import Table
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from cluster.settings import ClusterSettings
from tests.fakes import FakeClock
from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> str:
    """The URL of a migrated database on PostgreSQL; to be emptied before each use."""
    url = postgres_server.new_database("figment")
    asyncio.run(migrate(url))
    return url


async def _empty(url: str) -> None:
    engine = open_engine(url)
    async with engine.begin() as connection:
        # Quicker than TRUNCATE while tables are small.
        for table in reversed(Table.metadata.sorted_tables):
            await connection.execute(table.delete())
    await engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty, migrated database, of each kind in turn."""
    if request.param == "sqlite":
        data: Path = request.getfixturevalue("migrated_data")
        return f"sqlite+aiosqlite:///{data / 'figment.db'}"
    url: str = request.getfixturevalue("migrated_postgres")
    asyncio.run(_empty(url))
    return url


@pytest.fixture
def clock() -> FakeClock:
    """The time."""
    return FakeClock()


@pytest.fixture
def settings(database_url: str, paper_base: Path, tmp_path: Path) -> BackendSettings:
    """Settings that no environment changes."""
    return BackendSettings(
        _env_file=None, data=tmp_path / "data", database_url=database_url, base=str(paper_base)
    )


@pytest.fixture
async def store(settings: BackendSettings, clock: FakeClock) -> AsyncIterator[Store]:
    """A store on an empty database."""
    store = Store.open(settings, clock)
    yield store
    await store.close()


@pytest.fixture
def service(store: Store, settings: BackendSettings, clock: FakeClock) -> Service:
    """The service on that store."""
    return Service(
        store, BaseShelf(settings.base), settings, ClusterSettings(_env_file=None), clock
    )


@pytest.fixture(scope="module")
def one_torch_thread() -> Iterator[None]:
    """So small a model is drawn many times faster by one thread than by two."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
