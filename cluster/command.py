"""From a layout of ranks to the command that starts them. Pure: nothing is looked up here."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import LaunchError
from cluster.spec import LauncherKind, Profile
from cluster.ssh import ssh_command
from cluster.sweep import RUN_VARIABLE

BOOTSTRAP = "bootstrap.sh"
"""Name in the run folder of what hydra calls for ssh."""
CACHE_VARIABLE = "TORCHINDUCTOR_CACHE_DIR"
"""Where inductor keeps the kernels that it has compiled."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which ranks run where. `hosts` is empty for this machine alone."""

    hosts: tuple[str, ...]
    ranks_per_host: int
    threads_per_rank: int
    """OpenMP threads; 0 lets each rank take its share of its host's cores."""
    launcher: LauncherKind
    """HYDRA or TORCHRUN; what AUTO stands for is decided before."""
    profile: Profile
    iface: str
    """Of this machine, where hydra listens for the hosts."""
    master_addr: str
    """Where rank 0 runs, as the other ranks reach it."""
    master_port: int
    ssh_config: Path | None = None
    preload: tuple[str, ...] = ()
    """Libraries that ranks load before all others."""
    slot: int = 0
    """Which part of the hosts these are."""
    extra_env: tuple[tuple[str, str], ...] = ()
    """What somebody wants to be otherwise: goes over everything that is derived."""

    @property
    def world_size(self) -> int:
        """Ranks in all."""
        return max(1, len(self.hosts)) * self.ranks_per_host


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """The command, what is added to its environment, and the files it needs."""

    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    hostfile: str
    bootstrap: str = ""
    """The script that hydra calls for ssh; empty on this machine alone."""


def rank_environment(run: Path, layout: Layout) -> tuple[tuple[str, str], ...]:
    """Variables every rank needs, sorted by name.

    The interface of the collectives is not among them: it may have another name on every host,
    and each rank finds its own.
    """
    env = {
        RUN_VARIABLE: str(run),
        "MASTER_ADDR": layout.master_addr,
        "MASTER_PORT": str(layout.master_port),
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        # Of use to later runs, so beside all of them.
        CACHE_VARIABLE: str(run.parent.with_name("compiled")),
        "PYTHONUNBUFFERED": "1",
    }
    if layout.threads_per_rank:
        env["OMP_NUM_THREADS"] = str(layout.threads_per_rank)
    if layout.preload:
        env["LD_PRELOAD"] = ":".join(layout.preload)
    if layout.profile is Profile.INTEL:
        env |= {"CCL_ATL_TRANSPORT": "ofi", "CCL_WORKER_COUNT": "1"}
    return tuple(sorted((env | dict(layout.extra_env)).items()))


def hydra_environment(layout: Layout) -> tuple[tuple[str, str], ...]:
    """Variables of Intel MPI itself, sorted by name."""
    env = {"I_MPI_PIN_DOMAIN": "auto"}
    if layout.hosts:
        env |= {"FI_PROVIDER": "tcp", "I_MPI_HYDRA_IFACE": layout.iface}
    wanted = dict(layout.extra_env)
    return tuple(sorted((name, wanted.get(name, value)) for name, value in env.items()))


def bootstrap_script(run: Path, ssh_config: Path | None) -> str:
    """What hydra calls as `script -q -x host command...`: ssh that cannot ask or hang.

    Every process it starts bears the run's name in its environment, so that a sweep finds it.
    """
    mark = shlex.quote(shlex.join(("env", f"{RUN_VARIABLE}={run}")))
    return (
        "#!/bin/sh\n"
        "options=\n"
        'while [ "${1#-}" != "$1" ]; do options="$options $1"; shift; done\n'
        'host="$1"\n'
        "shift\n"
        f'exec {shlex.join(ssh_command(ssh_config))} $options "$host" {mark} "$@"\n'
    )


def plan_launch(
    run: Path,
    layout: Layout,
    python: str,
    mpiexec: str = "mpiexec.hydra",
    module: str = "cluster.train",
    arguments: tuple[str, ...] = (),
) -> LaunchPlan:
    """What starts `module` on every rank, for the run in folder `run`; to be executed in there.

    Environment variables for ranks on other hosts travel with `-genv`, since ssh carries none.

    Raises:
        LaunchError: the layout asks torchrun for hosts, and it serves this machine alone.
    """
    env = rank_environment(run, layout)
    hostfile = "".join(f"{host}\n" for host in layout.hosts)
    if layout.launcher is LauncherKind.TORCHRUN:
        if layout.hosts:
            raise LaunchError(
                "no_launcher",
                "Training on other hosts needs Intel MPI; torchrun serves this machine alone.",
                "Install impi-rt and leave FIGMENT_LAUNCHER out, or leave FIGMENT_HOSTFILE empty.",
            )
        argv: tuple[str, ...] = (
            python,
            "-m",
            "torch.distributed.run",
            f"--nproc_per_node={layout.ranks_per_host}",
            f"--master_addr={layout.master_addr}",
            f"--master_port={layout.master_port}",
            *("-m", module, str(run), *arguments),
        )
        return LaunchPlan(argv, env, hostfile)
    where: tuple[str, ...] = ("-bootstrap", "fork")
    bootstrap = ""
    if layout.hosts:
        bootstrap = bootstrap_script(run, layout.ssh_config)
        where = (
            # Relative, since hydra hands this on to shells without quoting it.
            *("-bootstrap", "ssh", "-bootstrap-exec", f"./{BOOTSTRAP}"),
            # Where the launcher stands need not be a folder of theirs.
            *("-wdir", "/"),
            *("-f", "hostfile", "-iface", layout.iface),
        )
    variables = [word for name, value in env for word in ("-genv", name, value)]
    argv = (
        mpiexec,
        *where,
        "-n",
        str(layout.world_size),
        "-ppn",
        str(layout.ranks_per_host),
        *variables,
        *(python, "-m", module, str(run), *arguments),
    )
    return LaunchPlan(argv, (*env, *hydra_environment(layout)), hostfile, bootstrap)
