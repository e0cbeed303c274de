"""One house for all stories: the workspace, and the real `figment serve` connected to it.

What people do is in six journeys. Each is walked over the workspace's protocol, as Slack speaks
it, and looked at in a real browser. Over the wire with made-up training and drawing, every
branch of them is in tests/unit/bot; here all of it is real, and only once.

| Journey | Over the wire | In the browser |
|---|---|---|
| 1 Teaching | test_bad_input, test_story; bot/test_figment_teaching | test_journey_teaching |
| 2 The job's card | test_story, test_on_hosts, test_leaving; bot/test_figment_teaching, \
bot/test_renamed | test_journey_card |
| 3 Pictures | test_story; bot/test_picture_buttons, bot/test_figment | test_journey_pictures |
| 4 App Home | test_journey_home; bot/test_picture_buttons, bot/test_housekeeping | \
test_journey_home |
| 5 Housekeeping | test_journey_concepts; bot/test_housekeeping | test_journey_concepts |
| 6 Roles and limits | test_journey_roles; bot/test_housekeeping | test_journey_roles |

Nothing is learned but once, in test_journey_card and once more in test_story: elsewhere a concept
comes from a file, and jobs wait in a line that is paused.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from demo.at_page import AtPage, browser_at
from demo.chromium import CHROMIUM_NAMES
from demo.house import House, open_house
from demo.person import Person, person_at
from demo.samples import write_samples
from demo.settings import DEMO_SETTINGS
from tests.answers import told
from tests.requirements import program_or_skip
from tests.toy_embedding import write_toy_embedding

ROBO = "<robo>"
"""A concept of Ada's that came from a file, for all to draw with."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("house")
    async with open_house(folder, DEMO_SETTINGS) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def ada(house: House) -> AsyncIterator[Person]:
    async with person_at(house.url) as person:
        yield person


@pytest_asyncio.fixture(loop_scope="session")
async def lin(house: House) -> AsyncIterator[Person]:
    async with person_at(house.url, "U0LIN") as person:
        yield person


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_samples(tmp_path_factory.mktemp("samples"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def at(house: House) -> AsyncIterator[AtPage]:
    """Ada at the page; no script of it may fail."""
    chromium = program_or_skip("chromium", *CHROMIUM_NAMES)
    async with browser_at(house.url, chromium) as opened:
        yield opened
    assert opened.faults == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def robo(house: House, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = write_toy_embedding(tmp_path_factory.mktemp("embedding") / "robo.safetensors")
    async with person_at(house.url, channel="C0GENERAL") as ada:
        await told(ada, lambda: ada.upload([file], "<@U0FIGMENT> import"), ROBO)
    return ROBO


@pytest_asyncio.fixture(loop_scope="session")
async def paused(ada: Person) -> AsyncIterator[None]:
    """No training begins meanwhile."""
    await told(ada, lambda: ada.command("/figment", "pause"), "Paused")
    yield
    await told(ada, lambda: ada.command("/figment", "resume"), "begin again")
