"""Who this process is in a run: the launcher's variables as one value."""

import os
import socket
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import LaunchError
from cluster.hosts import route_to

# Hydra's names, then torchrun's.
_RANK = ("PMI_RANK", "RANK")
_SIZE = ("PMI_SIZE", "WORLD_SIZE")
_LOCAL = ("MPI_LOCALRANKID", "LOCAL_RANK")
_NEIGHBOURS = ("MPI_LOCALNRANKS", "LOCAL_WORLD_SIZE")


@dataclass(frozen=True, slots=True)
class Rank:
    """One rank of `size`; `local` counts within its host."""

    number: int
    size: int
    local: int
    host: str
    threads: int

    @property
    def main(self) -> bool:
        """Whether this rank writes what a run leaves."""
        return self.number == 0


def _first(environ: Mapping[str, str], names: tuple[str, ...], default: str) -> int:
    text = next((environ[name] for name in names if name in environ), default)
    try:
        return int(text)
    except ValueError as error:
        raise LaunchError(
            "bad_rank", f"The launcher set {names[0]} to '{text}', which is no number."
        ) from error


def _share_of_cores(environ: Mapping[str, str]) -> int:
    """Cores the launcher has pinned this rank to, or its part of all of them."""
    mine = len(os.sched_getaffinity(0))
    if mine < (os.cpu_count() or mine):
        return mine
    return max(1, mine // _first(environ, _NEIGHBOURS, "1"))


def read_rank(environ: Mapping[str, str] | None = None) -> Rank:
    """This process's rank from the launcher's variables; a process started alone is rank 0 of 1.

    Raises:
        LaunchError: a variable is no number, or the rank is outside its world.
    """
    variables = os.environ if environ is None else environ
    rank = Rank(
        number=_first(variables, _RANK, "0"),
        size=_first(variables, _SIZE, "1"),
        local=_first(variables, _LOCAL, "0"),
        host=socket.gethostname(),
        threads=_first(variables, ("OMP_NUM_THREADS",), "0") or _share_of_cores(variables),
    )
    if not 0 <= rank.number < rank.size:
        raise LaunchError("bad_rank", f"Rank {rank.number} of {rank.size} cannot be.")
    return rank


def point_to_ccl(bindings: Path, environ: MutableMapping[str, str] | None = None) -> None:
    """Set what oneCCL's own `setvars.sh` would, unless it is set: libraries find each other by
    their run paths, but oneCCL must be told of its kernels and libfabric of its providers.

    `bindings` is the folder of the installed bindings, which may differ from host to host.
    """
    variables = os.environ if environ is None else environ
    variables.setdefault("CCL_ROOT", str(bindings))
    if (bindings / "lib" / "prov").is_dir():
        variables.setdefault("FI_PROVIDER_PATH", str(bindings / "lib" / "prov"))


def choose_interface(environ: MutableMapping[str, str] | None = None) -> None:
    """Let the collectives use this host's interface towards rank 0, unless one is named.

    It may have another name on every host, and without one gloo takes what the host's name
    resolves to, which often is loopback.

    Raises:
        LaunchError: this host has no route to rank 0.
    """
    variables = os.environ if environ is None else environ
    address = variables.get("MASTER_ADDR")
    if address is None:
        return
    interface = route_to(address).interface
    if interface:
        variables.setdefault("GLOO_SOCKET_IFNAME", interface)
        variables.setdefault("CCL_KVS_IFACE", interface)
