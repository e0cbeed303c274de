"""Four hosts that share nothing and have only ssh and Python: setup, doctor, job."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.runs import launch_here
from cluster.launcher import stop
from cluster.setup import folders_to_copy
from tests.cluster_ground import Ground
from tests.four_hosts import FourHosts, four_hosts
from tests.run_ends import end_of

pytestmark = [pytest.mark.cluster, pytest.mark.hosts, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def hosts(ground: Ground, data: Path) -> Iterator[FourHosts]:
    """Environment, code, base model and data are an empty folder of its own on each host."""
    with four_hosts(private=(*folders_to_copy(ground.base), data)) as made:
        yield made


def figment(
    ground: Ground, data: Path, hosts: FourHosts, *words: str
) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "FIGMENT_HOSTFILE": str(hosts.hostfile()), "FIGMENT_SSH_CONFIG": str(hosts.ssh_config),
        "FIGMENT_RANKS": "1", "FIGMENT_THREADS_PER_RANK": "1", "FIGMENT_DATA": str(data),
        "FIGMENT_BASE": str(ground.base), "COLUMNS": "200",
    }  # fmt: skip
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_from_ssh_and_python_to_a_finished_job(
    ground: Ground, data: Path, hosts: FourHosts
) -> None:
    ill = json.loads(figment(ground, data, hosts, "doctor", "--json").stdout)
    assert {finding["id"] for finding in ill["findings"]} == {"figment_missing"}
    assert len(ill["findings"]) == 4

    first = figment(ground, data, hosts, "cluster", "setup")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "A job would start" in first.stdout

    again = figment(ground, data, hosts, "cluster", "setup")
    assert again.returncode == 0, again.stdout + again.stderr
    for host in hosts.hosts:
        assert f"{host.address}: 0 changes" in again.stdout

    well = json.loads(figment(ground, data, hosts, "doctor", "--json").stdout)
    assert (well["ok"], well["findings"]) == (True, [])

    run = ground.run(data / "runs" / "job", max_steps=5)
    assert launch_here(run, hosts.settings()) == ()
    verdict = end_of(run)
    assert verdict.succeeded, (verdict, run.launcher_log.read_text())
    result, record = run.result(), run.launch_record()
    assert result is not None
    assert record is not None
    assert (result.world_size, len(record.private)) == (4, 4)
    assert run.embedding.exists()
    assert stop(run).processes == 0
    assert hosts.working() == {}
