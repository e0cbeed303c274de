"""What tests of every layer share."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from backend.migrate import migrate
from tests.paper_base import make_paper_base
from tests.postgres import PostgresServer, postgres_programs
from tests.tiny_base import make_tiny_base

# No test asserts a time, and hypothesis would: 200 ms for an example.
settings.register_profile("figment", deadline=None)
settings.load_profile("figment")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file; to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def migrated_data(migrated_sqlite: Path, tmp_path: Path) -> Path:
    """A data folder with an empty SQLite database in it."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(migrated_sqlite, data / "figment.db")
    return data


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL, where it is installed."""
    server = PostgresServer(postgres_programs())
    yield server
    server.stop()


@pytest.fixture(scope="session")
def paper_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model folder that passes every check, without a model in it."""
    return make_paper_base(tmp_path_factory.mktemp("paper-base"))


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model folder with a small model of random weights in it."""
    return make_tiny_base(tmp_path_factory.mktemp("tiny-base"))


@pytest.fixture(scope="session")
def openvino_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engine's cache, so that a session exports the tiny base once."""
    return tmp_path_factory.mktemp("openvino")
