"""One house for all stories: the workspace, and the real `figment serve` connected to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from demo.house import House, open_house
from demo.person import Person, person_at
from demo.samples import write_samples
from demo.settings import DEMO_SETTINGS


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("house")
    async with open_house(folder, DEMO_SETTINGS) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def ada(house: House) -> AsyncIterator[Person]:
    async with person_at(house.url) as person:
        yield person


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_samples(tmp_path_factory.mktemp("samples"))
