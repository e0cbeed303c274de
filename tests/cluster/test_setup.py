"""Hosts that lack what a job needs are given it, and then run one."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.runs import launch_here
from cluster.check_up import check_up
from cluster.launcher import observe, stop
from cluster.listing import listing
from cluster.setup import folders_to_copy, set_up
from cluster.verdict import judge
from tests.cluster_ground import Ground
from tests.four_hosts import FourHosts, four_hosts

pytestmark = [pytest.mark.cluster, pytest.mark.hosts]


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for the environment, which on these hosts is the machine's own."""
    folder = tmp_path_factory.mktemp("a folder with code")
    (folder / "package").mkdir()
    for name in ("a.py", "b.py", "package/c.py"):
        (folder / name).write_text(name)
    (folder / "link.py").symlink_to("a.py")
    return folder


@pytest.fixture(scope="module")
def hosts(ground: Ground, code: Path) -> Iterator[FourHosts]:
    """Hosts with empty folders where the base model and the code should be."""
    with four_hosts(private=(ground.base, code)) as made:
        yield made


def test_bare_hosts_are_set_up_and_a_second_time_nothing_changes(
    ground: Ground, code: Path, hosts: FourHosts, tmp_path: Path
) -> None:
    settings = hosts.settings()
    addresses = tuple(host.address for host in hosts.hosts)
    folder = tmp_path / "runs"
    ill = check_up(addresses, settings, folder, ground.base)
    assert {finding.id for finding in ill.findings} == {"base_missing"}

    told: list[tuple[str, str]] = []
    folders = (code, ground.base)
    first = set_up(addresses, folders, settings, lambda host, what: told.append((host, what)))
    assert {one.trouble for one in first.values()} == {""}
    assert all(one.changed >= 5 for one in first.values())
    assert {(host, "ready") for host in addresses} <= set(told)
    for host in hosts.hosts:
        assert (host.own(code) / "package" / "c.py").read_text() == "package/c.py"
        assert (host.own(code) / "link.py").is_symlink()

    again = set_up(addresses, folders, settings, lambda *_: None)
    assert [one.changed for one in again.values()] == [0, 0, 0, 0]

    well = check_up(addresses, settings, folder, ground.base)
    assert (well.ok, well.findings) == (True, ())
    run = ground.run(folder / "job", max_steps=3)
    assert launch_here(run, settings) == ()
    verdict = None
    while verdict is None:
        time.sleep(0.2)
        verdict = judge(observe(run), run.spec(), time.time())
    stop(run)
    assert verdict.succeeded, verdict


def test_only_what_differs_is_sent(ground: Ground, code: Path, hosts: FourHosts) -> None:
    settings = hosts.settings()
    addresses = tuple(host.address for host in hosts.hosts)
    set_up(addresses, (code,), settings, lambda *_: None)
    (hosts.hosts[1].own(code) / "a.py").unlink()
    (hosts.hosts[2].own(code) / "old.py").touch()
    (hosts.hosts[3].own(code) / "b.py").write_text("changed")
    done = set_up(addresses, (code,), settings, lambda *_: None)
    assert done[addresses[0]].changed == 0
    assert all(0 < done[address].changed <= 3 for address in addresses[1:])
    assert not (hosts.hosts[2].own(code) / "old.py").exists()
    assert (hosts.hosts[3].own(code) / "b.py").read_text() == "b.py"


def test_without_rsync_it_comes_to_the_same(
    code: Path, hosts: FourHosts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in ("ssh", "tar"):
        (tmp_path / program).symlink_to(Path("/usr/bin") / program)
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = hosts.settings()
    addresses = tuple(host.address for host in hosts.hosts)
    for host in hosts.hosts:
        shutil.rmtree(host.own(code) / "package", ignore_errors=True)
        (host.own(code) / "old").mkdir()
        (host.own(code) / "old" / "file").touch()
        (host.own(code) / "link.py").unlink(missing_ok=True)
        (host.own(code) / "link.py").mkdir()
    first = set_up(addresses, (code,), settings, lambda *_: None)
    assert {one.trouble for one in first.values()} == {""}
    for host in hosts.hosts:
        assert listing(str(host.own(code)), []) == listing(str(code), [])
    again = set_up(addresses, (code,), settings, lambda *_: None)
    assert [one.changed for one in again.values()] == [0, 0, 0, 0]
    (code / "a.py").write_text("another a")
    assert [one.changed for one in set_up(addresses, (code,), settings, lambda *_: None).values()]
    assert {(host.own(code) / "a.py").read_text() for host in hosts.hosts} == {"another a"}
    (code / "a.py").write_text("a.py")


def test_a_host_that_cannot_be_set_up_does_not_keep_the_others(
    ground: Ground, code: Path, hosts: FourHosts
) -> None:
    hosts.hosts[0].stop_sshd()
    addresses = tuple(host.address for host in hosts.hosts)
    done = set_up(addresses, (code,), hosts.settings(), lambda *_: None)
    hosts.heal()
    assert "refused" in done[addresses[0]].trouble
    assert {done[address].trouble for address in addresses[1:]} == {""}


def test_what_is_copied_is_what_a_job_needs(ground: Ground) -> None:
    folders = folders_to_copy(ground.base)
    assert ground.base in folders
    assert not any(
        one.is_relative_to(other) for one in folders for other in folders if one is not other
    )
