"""Runs on four hosts that share no folder, and what happens to them there."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.runs import launch_here, plan_here
from cluster.errors import LaunchError
from cluster.going_on import go_on_from
from cluster.holding import NEEDED
from cluster.launcher import launch, observe, stop
from cluster.pictures import prepare_pictures
from cluster.run_dir import RunDir
from cluster.settings import ClusterSettings
from cluster.staging import stage
from cluster.verdict import FailureReason, judge
from tests.cluster_ground import Ground
from tests.four_hosts import FourHosts, Host, four_hosts
from tests.run_ends import LONG, at_work, end_after_fault, end_of, steps, sweep, until
from tests.tiny_base import TINY_SIDE

pytestmark = [pytest.mark.cluster, pytest.mark.hosts, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where runs are made; another, empty folder on each host."""
    return tmp_path_factory.mktemp("runs of their own")


@pytest.fixture(scope="module")
def hosts(runs: Path) -> Iterator[FourHosts]:
    with four_hosts(private=(runs,)) as made:
        yield made


@pytest.fixture
def settings(hosts: FourHosts) -> Iterator[ClusterSettings]:
    yield hosts.settings()
    hosts.heal()


def theirs(host: Host, run: RunDir) -> Path:
    """A host's own folder of a run."""
    return host.own(run.path.parent) / run.path.name


def test_all_that_ranks_leave_comes_home(
    ground: Ground, runs: Path, settings: ClusterSettings, hosts: FourHosts
) -> None:
    run = ground.run(
        runs / "whole", max_steps=20, checkpoint_interval=10, preview_interval=20, preview_steps=2
    )
    assert launch_here(run, settings) == ()
    record = run.launch_record()
    assert record is not None
    assert record.private == tuple(host.address for host in hosts.hosts)
    for host in hosts.hosts:
        there = {path.name for path in (theirs(host, run) / "images").iterdir()}
        assert there == {path.name for path in run.images.iterdir()}
    verdict = end_of(run)
    assert verdict.succeeded, (verdict, run.launcher_log.read_text())
    result = run.result()
    assert result is not None
    assert (result.world_size, result.steps) == (4, 20)
    assert set(run.heartbeats()) == {0, 1, 2, 3}
    assert [line.step for line in run.progress()] == list(range(1, 21))
    assert [preview.step for preview in run.previews()] == [20]
    assert run.embedding.exists()
    assert stop(run).processes == 0
    for rank in range(4):
        assert "joined" in run.rank_log(rank).read_text()
    assert not any(theirs(host, run).exists() for host in hosts.hosts)
    assert hosts.working() == {}
    # Doing it again does no harm.
    assert stop(run) == stop(run)


def test_a_frozen_host_is_named_and_the_others_finish_from_what_came_home(
    ground: Ground, runs: Path, settings: ClusterSettings, hosts: FourHosts
) -> None:
    first = ground.run(runs / "first", max_steps=60, checkpoint_interval=5)
    at_work(first, settings)
    until(lambda: steps(first) > 6, "the first checkpoint")
    hosts.hosts[0].freeze()
    verdict = end_after_fault(first, "freeze")
    assert verdict.reason is FailureReason.HOST_LOST, verdict
    assert verdict.host == hosts.hosts[0].address
    left = sweep(first)
    assert (left.processes, left.unknown) == (0, (hosts.hosts[0].address,))
    second = RunDir.create(runs / "second", first.spec())
    prepare_pictures(ground.pictures, second.images, TINY_SIDE)
    assert go_on_from(second, first) >= 5
    left_out = launch_here(second, settings)
    assert left_out[0].host == hosts.hosts[0].address
    assert end_of(second).succeeded
    result = second.result()
    assert result is not None
    assert (result.world_size, result.steps) == (3, 60)
    assert [line.step for line in second.progress()] == list(range(1, 61))
    hosts.heal_network()
    until(lambda: not hosts.working(), "the old rank to be gone")
    assert stop(first).unknown == ()
    assert stop(second).processes == 0
    assert not any(theirs(host, run).exists() for host in hosts.hosts for run in (first, second))


def test_the_one_rank_that_raises_is_named_and_not_its_victims(
    ground: Ground, runs: Path, settings: ClusterSettings, hosts: FourHosts
) -> None:
    run = ground.run(runs / "raises", max_steps=LONG)
    plan = plan_here(run.path, ground.base, settings)
    private = stage(run, plan.layout.hosts, settings.ssh_config)
    for picture in (theirs(hosts.hosts[2], run) / "images").glob("*.png"):
        picture.write_bytes(b"no picture")
    launch(run, plan.launch, plan.layout, private)
    verdict = end_after_fault(run, "a rank raising, from its start")
    assert verdict.reason is FailureReason.RANK_RAISED
    assert (verdict.rank, verdict.host) == (2, hosts.hosts[2].name)
    assert "cannot identify image file" in verdict.log
    assert stop(run).processes == 0
    assert hosts.working() == {}


def test_rows_that_explode_and_a_deadline_on_four_hosts(
    ground: Ground, runs: Path, settings: ClusterSettings, hosts: FourHosts
) -> None:
    explodes = ground.run(runs / "explodes", learning_rate=1, max_steps=LONG, warmup_steps=0)
    launch_here(explodes, settings)
    verdict = end_of(explodes)
    assert verdict.reason is FailureReason.NON_FINITE, verdict
    assert verdict.host in {host.name for host in hosts.hosts}
    assert verdict.log
    assert stop(explodes).processes == 0
    assert hosts.working() == {}

    late = at_work(ground.run(runs / "late", max_steps=LONG), settings)
    # However fast the machine is: the clock is put forward, not waited for.
    then = time.time() + late.spec().deadline_seconds
    over = judge(observe(late), late.spec(), then)
    assert over is not None
    assert over.reason is FailureReason.DEADLINE, over
    assert late.progress(), "it was at work"
    assert stop(late).processes == 0
    assert hosts.working() == {}


def test_a_host_that_cannot_be_given_the_pictures_is_named(
    ground: Ground, runs: Path, settings: ClusterSettings, hosts: FourHosts
) -> None:
    run = ground.run(runs / "nowhere", max_steps=5)
    host = hosts.hosts[1]
    host.execute(f"mount -t tmpfs -o size=16k none '{runs}'")
    addresses = tuple(one.address for one in hosts.hosts)
    try:
        with pytest.raises(LaunchError, match=host.address) as raised:
            stage(run, addresses, settings.ssh_config)
    finally:
        # What received the pictures may take a moment to let go of the folder.
        host.execute(f"umount --lazy '{runs}'")
    assert raised.value.code == "not_sent"
    assert not list(runs.glob(".staging*"))


def test_a_shared_folder_is_left_alone(
    ground: Ground, tmp_path: Path, settings: ClusterSettings, hosts: FourHosts
) -> None:
    run = ground.run(tmp_path / "shared", max_steps=5)
    before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path.is_file()}
    addresses = tuple(host.address for host in hosts.hosts)
    assert stage(run, addresses, settings.ssh_config) == ()
    after = {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path.is_file()}
    assert before == after
    assert any(path.match(f"**/{NEEDED[0]}") for path in before)
    # A host that sees the folder and not what is in it would train on something else.
    assert json.loads((run.path / "spec.json").read_text())["max_steps"] == 5
