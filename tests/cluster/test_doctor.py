"""The doctor on four hosts: silent on healthy ones, and each planted fault by its name."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest

from cluster import probe
from cluster.check_up import Report, check_up
from cluster.hosts import read_hostfile
from cluster.settings import ClusterSettings
from tests.cluster_ground import Ground
from tests.four_hosts import FourHosts, four_hosts, own_disk

CODE = Path(probe.__file__).parent

pytestmark = [pytest.mark.cluster, pytest.mark.hosts]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A shared folder on a disk of its own, which a test can fill."""
    with own_disk(tmp_path_factory.mktemp("shared"), "1200m") as folder:
        yield folder


@pytest.fixture(scope="module")
def torch_info() -> Path:
    """Where pip keeps what version of torch is installed."""
    files = distribution("torch").files or []
    metadata = next(file for file in files if file.name == "METADATA")
    return Path(str(metadata.locate())).parent


@pytest.fixture(scope="module")
def hosts(ground: Ground, folder: Path, torch_info: Path) -> Iterator[FourHosts]:
    """Each host has a base model, a torch and code of its own."""
    with four_hosts(private=(ground.base, torch_info, CODE), before_boot=_fill) as made:
        yield made


def _fill(own: Path, shared: Path) -> None:
    shutil.copytree(shared, own, dirs_exist_ok=True)


@pytest.fixture
def settings(hosts: FourHosts) -> Iterator[ClusterSettings]:
    yield hosts.settings()
    hosts.heal()


def test_other_code_under_the_same_version(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    file = hosts.hosts[1].own(CODE) / "stopping.py"
    text = file.read_text()
    try:
        file.write_text(f"{text}# changed\n")
        report = check_up(every(settings), settings, folder, ground.base)
    finally:
        file.write_text(text)
    assert found(report) == {("code_differs", hosts.hosts[1].address)}
    assert not report.ok


def every(settings: ClusterSettings) -> tuple[str, ...]:
    assert settings.hostfile is not None
    return read_hostfile(settings.hostfile)


def found(report: Report) -> set[tuple[str, str]]:
    return {(finding.id, finding.host) for finding in report.findings}


def test_healthy_hosts_are_passed_in_silence(
    settings: ClusterSettings, folder: Path, ground: Ground
) -> None:
    report = check_up(every(settings), settings, folder, ground.base)
    assert found(report) == set()
    assert report.ok
    print(f"\n{report.seconds:.1f} s")
    assert list(folder.iterdir()) == [], "it leaves nothing behind"


def test_another_version_on_one_host(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts, torch_info: Path
) -> None:
    file = hosts.hosts[2].own(torch_info) / "METADATA"
    text = file.read_text()
    version = next(line for line in text.splitlines() if line.startswith("Version: "))
    try:
        file.write_text(text.replace(version, "Version: 2.0.1", 1))
        report = check_up(every(settings), settings, folder, ground.base)
    finally:
        file.write_text(text)
    assert found(report) == {("version_differs", hosts.hosts[2].address)}
    assert "torch 2.0.1" in report.findings[0].message
    assert not report.ok


@pytest.mark.parametrize("number", [0, 3])
def test_a_base_model_with_a_part_missing(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts, number: int
) -> None:
    part = hosts.hosts[number].own(ground.base) / "unet" / "config.json"
    text = part.read_text()
    part.unlink()
    try:
        report = check_up(every(settings), settings, folder, ground.base)
    finally:
        part.write_text(text)
    assert found(report) == {("base_missing", hosts.hosts[number].address)}
    assert "unet/config.json" in report.findings[0].message


def test_another_base_model(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    part = hosts.hosts[1].own(ground.base) / "scheduler" / "scheduler_config.json"
    text = part.read_text()
    part.write_text(text + "\n")
    try:
        report = check_up(every(settings), settings, folder, ground.base)
    finally:
        part.write_text(text)
    assert found(report) == {("base_differs", hosts.hosts[1].address)}


def test_a_full_disk(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    ballast = folder / "ballast"
    size = shutil.disk_usage(folder).free - (100 << 20)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
    try:
        report = check_up(every(settings), settings, folder, ground.base)
    finally:
        ballast.unlink()
    assert found(report) == {("disk_full", host.address) for host in hosts.hosts}


def test_a_stopped_sshd(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    hosts.hosts[1].stop_sshd()
    report = check_up(every(settings), settings, folder, ground.base)
    assert found(report) == {("ssh_refused", hosts.hosts[1].address)}


def test_a_frozen_host(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    hosts.hosts[3].freeze()
    report = check_up(every(settings), settings, folder, ground.base)
    assert found(report) == {("ssh_silent", hosts.hosts[3].address)}


def test_a_host_whose_key_is_another(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    known = hosts.folder / "known_hosts"
    text = known.read_text()
    other = (hosts.folder / "key.pub").read_text()
    lines = [line for line in text.splitlines() if not line.startswith(hosts.hosts[0].address)]
    known.write_text("\n".join([*lines, f"{hosts.hosts[0].address} {other}"]) + "\n")
    try:
        report = check_up(every(settings), settings, folder, ground.base)
    finally:
        known.write_text(text)
    assert found(report) == {("ssh_host_key", hosts.hosts[0].address)}


def test_a_wrong_interface(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    wrong = settings.model_copy(update={"cluster_env": {"GLOO_SOCKET_IFNAME": "ib0"}})
    report = check_up(every(wrong), wrong, folder, ground.base)
    assert found(report) == {("interface_unknown", host.address) for host in hosts.hosts}


def test_a_busy_port(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    script = "import socket, time; s = socket.create_server(('', 29511)); time.sleep(600)"
    hosts.hosts[0].execute(f'setsid {sys.executable} -c "{script}" >/dev/null 2>&1 &')
    hosts.hosts[0].execute("sleep 1")
    try:
        report = check_up(
            every(settings), settings.model_copy(update={"master_port": 29511}), folder, ground.base
        )
    finally:
        hosts.hosts[0].execute("pkill -f 'create_[s]erver'")
    assert found(report) == {("port_busy", hosts.hosts[0].address)}


def test_leftovers_are_told_but_do_not_stop_a_job(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    hosts.hosts[2].execute("FIGMENT_RUN=/runs/old setsid sleep 600 >/dev/null 2>&1 &")
    try:
        report = check_up(every(settings), settings, folder, ground.base)
    finally:
        hosts.hosts[2].execute("pkill -f 'sleep [6]00'")
    assert found(report) == {("leftovers", hosts.hosts[2].address)}
    assert "/runs/old" in report.findings[0].message
    assert report.ok


def test_a_folder_that_every_host_has_for_itself_will_do(
    settings: ClusterSettings, ground: Ground, hosts: FourHosts
) -> None:
    report = check_up(every(settings), settings, ground.base / "runs", ground.base)
    assert (report.ok, report.findings) == (True, ())


def test_the_command_answers_programs(
    settings: ClusterSettings, folder: Path, ground: Ground, hosts: FourHosts
) -> None:
    env = os.environ | {
        "FIGMENT_SSH_CONFIG": str(hosts.ssh_config), "FIGMENT_RANKS": "1",
        "FIGMENT_DATA": str(folder / "data"),
    }  # fmt: skip
    command = [
        sys.executable, "-m", "bot.cli.main", "doctor", "--hostfile", str(hosts.hostfile()),
        "--base", str(ground.base), "--json",
    ]  # fmt: skip

    def ask() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    well = ask()
    assert (well.returncode, json.loads(well.stdout)["findings"]) == (0, []), well.stderr
    hosts.hosts[1].stop_sshd()
    ill = ask()
    told = json.loads(ill.stdout)
    assert (ill.returncode, told["ok"]) == (1, False)
    assert told["findings"][0].keys() == {"id", "severity", "host", "message", "hint"}
