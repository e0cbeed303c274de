"""From a layout of ranks to the command that starts them. Pure: nothing is looked up here."""

from dataclasses import dataclass
from pathlib import Path

from cluster.errors import LaunchError
from cluster.spec import LauncherKind, Profile


@dataclass(frozen=True, slots=True)
class Layout:
    """Which ranks run where. `hosts` is empty for this machine alone."""

    hosts: tuple[str, ...]
    ranks_per_host: int
    threads_per_rank: int
    launcher: LauncherKind
    """HYDRA or TORCHRUN; what AUTO stands for is decided before."""
    profile: Profile
    iface: str
    master_addr: str
    master_port: int

    @property
    def world_size(self) -> int:
        """Ranks in all."""
        return max(1, len(self.hosts)) * self.ranks_per_host


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """The command, what is added to its environment, and its hostfile's text."""

    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    hostfile: str


def rank_environment(layout: Layout) -> tuple[tuple[str, str], ...]:
    """Variables every rank needs, sorted by name."""
    env = {
        "MASTER_ADDR": layout.master_addr,
        "MASTER_PORT": str(layout.master_port),
        "GLOO_SOCKET_IFNAME": layout.iface,
        "OMP_NUM_THREADS": str(layout.threads_per_rank),
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
    }
    if layout.profile is Profile.INTEL:
        env |= {"CCL_ATL_TRANSPORT": "ofi", "CCL_WORKER_COUNT": "1"}
    return tuple(sorted(env.items()))


def _rank_command(run: Path, python: str) -> tuple[str, ...]:
    return (python, "-m", "cluster.train", str(run))


def plan_launch(
    run: Path, layout: Layout, python: str, mpiexec: str = "mpiexec.hydra"
) -> LaunchPlan:
    """What starts the run in folder `run` with the interpreter `python`.

    Environment variables for ranks on other hosts travel with `-genv`, since ssh carries none.

    Raises:
        LaunchError: the layout asks torchrun for more than one host.
    """
    env = rank_environment(layout)
    hostfile = "".join(f"{host}\n" for host in layout.hosts)
    if layout.launcher is LauncherKind.TORCHRUN:
        if len(layout.hosts) > 1:
            raise LaunchError(
                "no_launcher",
                "Training on several hosts needs Intel MPI, which is not installed here.",
                "Install impi-rt, or leave FIGMENT_HOSTFILE empty.",
            )
        argv = (
            python,
            "-m",
            "torch.distributed.run",
            f"--nproc_per_node={layout.ranks_per_host}",
            f"--master_addr={layout.master_addr}",
            f"--master_port={layout.master_port}",
            *_rank_command(run, python)[1:],
        )
        return LaunchPlan(argv, env, hostfile)
    where = (
        ("-bootstrap", "ssh", "-f", str(run / "hostfile"), "-iface", layout.iface)
        if layout.hosts
        else ("-bootstrap", "fork")
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
        *_rank_command(run, python),
    )
    return LaunchPlan(argv, env, hostfile)
