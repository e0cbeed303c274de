"""Settles which ranks run where: looks at this machine and asks the hosts."""

import os
import shutil
import sys
from pathlib import Path

from cluster.command import Layout
from cluster.errors import LaunchError
from cluster.free_port import free_port
from cluster.hosts import is_this_machine, main_address, route_to
from cluster.settings import ClusterSettings
from cluster.slots import WHOLE, Slot
from cluster.spec import LauncherKind
from cluster.ssh import last_line, on_host

_SSH_SECONDS = 20.0


def find_mpiexec() -> Path | None:
    """Intel MPI's launcher beside this interpreter or on the PATH."""
    beside = Path(sys.executable).with_name("mpiexec.hydra")
    if beside.is_file():
        return beside
    found = shutil.which("mpiexec.hydra")
    return Path(found) if found else None


def choose_layout(
    settings: ClusterSettings, hosts: tuple[str, ...] = (), slot: Slot = WHOLE
) -> Layout:
    """Look at this machine and the main host, and settle what the settings leave open.

    `hosts` are those to use, none for this machine alone, which jobs in other slots share.

    Raises:
        LaunchError: Intel MPI was asked for and is not here, or the main host is unknown or
            cannot be reached.
    """
    launcher = settings.launcher
    if launcher is LauncherKind.AUTO:
        launcher = LauncherKind.HYDRA if find_mpiexec() else LauncherKind.TORCHRUN
    elif launcher is LauncherKind.HYDRA and find_mpiexec() is None:
        raise LaunchError(
            "no_launcher",
            "Intel MPI's mpiexec.hydra is not installed here.",
            "pip install impi-rt, or set FIGMENT_LAUNCHER=torchrun.",
        )
    if launcher is LauncherKind.TORCHRUN and len(hosts) == 1 and is_this_machine(hosts[0]):
        # As where none is named: torchrun gives ranks that are told of no threads one each.
        hosts = ()
    # On hosts, a rank that is told nothing takes its share of what is there.
    mine = 0 if hosts else max(1, len(os.sched_getaffinity(0)) // (settings.ranks * slot.of))
    iface = settings.iface or (route_to(hosts[-1]).interface if hosts else "lo")
    return Layout(
        hosts=hosts,
        ranks_per_host=settings.ranks,
        threads_per_rank=settings.threads_per_rank or mine,
        launcher=launcher,
        profile=settings.profile,
        iface=iface,
        master_addr=main_address(hosts) if hosts else "127.0.0.1",
        master_port=settings.master_port
        or (_free_port_on(hosts[0], settings) if hosts else free_port()),
        ssh_config=settings.ssh_config,
        slot=slot.index,
        extra_env=tuple(sorted(settings.cluster_env.items())),
    )


def _free_port_on(host: str, settings: ClusterSettings) -> int:
    """A port that is free on the main host, which need not be this machine."""
    answer = on_host(
        settings.ssh_config, host, (sys.executable, "-m", "cluster.free_port"), _SSH_SECONDS
    )
    if answer.code == 0 and last_line(answer).isdigit():
        return int(last_line(answer))
    last = (answer.err.strip().splitlines() or ["it gave no answer"])[-1]
    raise LaunchError(
        "host_unreachable",
        f"The host {host} cannot start ranks: {last[:200]}",
        "`figment doctor` says which host, what is wrong, and what to do.",
    )
