"""A word is taught from the channel on four hosts, one of which is lost on the way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from bot.action_ids import Action
from cluster.run_dir import RunDir
from demo.house import House, open_house
from demo.person import Message, Person, person_at, words_of
from demo.settings import DEMO_SETTINGS
from tests.four_hosts import FourHosts, four_hosts

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.hosts,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(1800),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hosts() -> AsyncIterator[FourHosts]:
    with four_hosts() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cluster_house(
    hosts: FourHosts, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    settings = {
        **DEMO_SETTINGS,
        "FIGMENT_HOSTFILE": str(hosts.hostfile()),
        "FIGMENT_SSH_CONFIG": str(hosts.ssh_config),
        "FIGMENT_RANKS": "1",
        "FIGMENT_THREADS_PER_RANK": "1",
        "FIGMENT_CHECKPOINT_INTERVAL": "10",
        "FIGMENT_WORKERS": "0",
    }
    async with open_house(tmp_path_factory.mktemp("cluster"), settings) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def max_(cluster_house: House) -> AsyncIterator[Person]:
    async with person_at(cluster_house.url, "U0MAX") as person:
        yield person


def card(token: str, what: str) -> Callable[[Message], bool]:
    return lambda m: token in words_of(m) and what in words_of(m) and bool(m.get("bot_id"))


async def working_run(house: House, token: str) -> RunDir:
    """The run that has made its first checkpoint."""
    runs = house.folder.absolute() / "data" / "runs"
    async with asyncio.timeout(600):
        while True:
            for path in runs.glob("*/spec.json"):
                run = RunDir(path.parent)
                if run.spec().token == token and list(run.checkpoints.glob("*.state")):
                    return run
            await asyncio.sleep(0.2)


async def gone_on(run: RunDir, earlier: RunDir) -> None:
    """Wait until a run is further than its earlier attempt, which has been put aside."""
    async with asyncio.timeout(600):
        while earlier.launch_record() is None or len(run.progress()) <= len(  # noqa: ASYNC110
            earlier.progress()
        ):
            await asyncio.sleep(0.2)


async def test_a_job_outlives_a_host(
    cluster_house: House, hosts: FourHosts, max_: Person, samples: tuple[Path, ...]
) -> None:
    await max_.upload(samples, "<@U0FIGMENT> teach <far> as toy")
    run = await working_run(cluster_house, "<far>")
    hosts.hosts[2].freeze()
    earlier = RunDir(run.path.with_name(f"{run.path.name}.attempt-1"))
    await gone_on(run, earlier)
    # Enough was shown; the rest of its steps would show the same.
    run.ask_to_stop_and_keep()
    ready = await max_.wait_for(card("<far>", "is ready"), 900, "the word to be ready")
    assert "Left out" in words_of(ready)
    assert hosts.hosts[2].address in words_of(ready)
    result, record = run.result(), run.launch_record()
    assert result is not None
    assert record is not None
    assert (result.world_size, hosts.hosts[2].address in record.hosts) == (3, False)
    first = earlier.launch_record()
    assert first is not None
    assert len(first.hosts) == 4
    hosts.heal_network()


async def test_cancelling_leaves_nothing_on_any_host(
    cluster_house: House, hosts: FourHosts, max_: Person, samples: tuple[Path, ...]
) -> None:
    hosts.heal()
    await max_.upload(samples, "<@U0FIGMENT> teach <fleeting> as toy")
    await working_run(cluster_house, "<fleeting>")
    assert len(hosts.working()) == 4
    running = await max_.wait_for(card("<fleeting>", "step"), 600, "the card")
    await max_.press(running, Action.JOB_CANCEL)
    await max_.wait_for(card("<fleeting>", "was cancelled"), 600, "the end of the job")
    assert hosts.working() == {}
