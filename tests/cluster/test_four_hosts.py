"""Runs on four hosts with sshd, and what happens to them."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.runs import launch_here
from cluster.errors import LaunchError
from cluster.going_on import go_on_from
from cluster.launcher import stop
from cluster.pictures import prepare_pictures
from cluster.run_dir import RunDir
from cluster.settings import ClusterSettings
from cluster.verdict import FailureReason
from tests.cluster_ground import Ground
from tests.four_hosts import FourHosts, four_hosts, own_disk
from tests.run_ends import LONG, at_work, end_after_fault, end_of, sweep, until
from tests.tiny_base import TINY_SIDE

pytestmark = [pytest.mark.cluster, pytest.mark.hosts, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on a disk of its own; made before the hosts, or they would not see it."""
    with own_disk(tmp_path_factory.mktemp("small"), "1100m") as folder:
        yield folder


@pytest.fixture(scope="module")
def hosts(small_disk: Path) -> Iterator[FourHosts]:
    with four_hosts() as made:
        yield made


@pytest.fixture
def settings(hosts: FourHosts) -> Iterator[ClusterSettings]:
    yield hosts.settings()
    hosts.heal()


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_run_goes_to_its_end_on_four_hosts(
    ground: Ground, tmp_path: Path, settings: ClusterSettings, hosts: FourHosts, ranks: int
) -> None:
    run = ground.run(tmp_path / "job", max_steps=10)
    launch_here(run, settings.model_copy(update={"ranks": ranks}))
    verdict = end_of(run)
    assert verdict.succeeded, (verdict, run.launcher_log.read_text())
    result = run.result()
    assert result is not None
    assert (result.world_size, result.backend) == (4 * ranks, "gloo")
    assert (result.steps, len(run.progress())) == (10, 10)
    left = stop(run)
    assert (left.processes, left.unknown, hosts.working()) == (0, (), {})


def kill_a_rank(hosts: FourHosts, run: RunDir) -> None:
    for pid in hosts.hosts[2].ranks():
        os.kill(pid, signal.SIGKILL)


def freeze(hosts: FourHosts, run: RunDir) -> None:
    hosts.hosts[2].freeze()


def cut(hosts: FourHosts, run: RunDir) -> None:
    hosts.hosts[2].cut()


def kill_the_launcher(hosts: FourHosts, run: RunDir) -> None:
    record = run.launch_record()
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("fault", "reason", "host"),
    [
        (kill_a_rank, FailureReason.RANK_LOST, 2),
        (freeze, FailureReason.HOST_LOST, 2),
        (cut, FailureReason.HOST_LOST, 2),
        (kill_the_launcher, FailureReason.LAUNCHER_LOST, None),
    ],
)
def test_a_fault_is_named_and_nothing_is_left(
    ground: Ground,
    tmp_path: Path,
    settings: ClusterSettings,
    hosts: FourHosts,
    fault: Callable[[FourHosts, RunDir], None],
    reason: FailureReason,
    host: int | None,
) -> None:
    run = at_work(ground.run(tmp_path / "job", max_steps=LONG), settings)
    fault(hosts, run)
    verdict = end_after_fault(run, fault.__name__)
    assert verdict.reason is reason, (verdict, run.errors())
    if host is not None:
        assert verdict.host == hosts.hosts[host].address
        assert verdict.host in verdict.message
    assert verdict.log
    assert sweep(run).processes == 0
    # What could not be reached ends by itself, or is swept once it can be.
    hosts.heal_network()
    assert stop(run).unknown == ()
    assert hosts.working() == {}


def test_a_host_that_lets_nobody_in_is_left_out_from_the_start(
    ground: Ground, tmp_path: Path, settings: ClusterSettings, hosts: FourHosts
) -> None:
    hosts.hosts[0].stop_sshd()
    run = ground.run(tmp_path / "job", max_steps=5)
    left_out = launch_here(run, settings)
    assert len(left_out) == 1
    assert left_out[0].host == hosts.hosts[0].address
    assert "no sshd answers" in left_out[0].why
    assert end_of(run).succeeded
    result = run.result()
    assert result is not None
    assert result.world_size == 3
    assert stop(run).processes == 0
    for host in hosts.hosts:
        host.stop_sshd()
    nowhere = ground.run(tmp_path / "nowhere", max_steps=5)
    with pytest.raises(LaunchError, match="no sshd answers"):
        launch_here(nowhere, settings)
    assert nowhere.launch_record() is None


def test_a_full_disk_is_the_reason_even_if_it_leaves_no_room_to_say_so(
    ground: Ground, small_disk: Path, settings: ClusterSettings, hosts: FourHosts
) -> None:
    run = at_work(ground.run(small_disk / "job", max_steps=LONG), settings)
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
            file.flush()
    verdict = end_after_fault(run, "full disk")
    ballast.unlink()
    assert (verdict.reason, verdict.host) == (FailureReason.DISK_FULL, "figment-1")
    assert stop(run).processes == 0
    assert hosts.working() == {}


def test_when_a_host_is_lost_the_others_finish_the_job(
    ground: Ground, tmp_path: Path, settings: ClusterSettings, hosts: FourHosts
) -> None:
    first = ground.run(tmp_path / "first", max_steps=60, checkpoint_interval=5)
    launch_here(first, settings)
    until(lambda: len(first.progress()) > 6, "the first checkpoint")
    hosts.hosts[2].freeze()
    assert end_of(first).reason is FailureReason.HOST_LOST
    assert stop(first).processes == 0
    second = RunDir.create(tmp_path / "second", first.spec())
    prepare_pictures(ground.pictures, second.images, TINY_SIDE)
    from_step = go_on_from(second, first)
    assert from_step >= 5
    launch_here(second, settings)
    assert end_of(second).succeeded
    result, record = second.result(), second.launch_record()
    assert result is not None
    assert record is not None
    assert (result.world_size, result.steps) == (3, 60)
    assert hosts.hosts[2].address not in record.hosts
    assert [line.step for line in second.progress()] == list(range(1, 61))
    # The host comes back with its old rank, which must not disturb the new run or stay.
    hosts.heal_network()
    until(lambda: not hosts.working(), "the old rank to be gone")
    assert stop(second).processes == 0
