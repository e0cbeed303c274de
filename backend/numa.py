"""Which CPUs belong to which NUMA node, and how a process stays on one of them."""

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from backend.errors import BackendError, ErrorCode

_NODES = Path("/sys/devices/system/node")
_NODE = re.compile(r"node(?P<number>\d+)")


def parse_cpus(text: str) -> frozenset[int]:
    """Return the CPUs of a list as Linux writes it, such as `0-3,8,10-11`; ValueError."""
    cpus: set[int] = set()
    for part in filter(None, text.strip().split(",")):
        first, _, last = part.partition("-")
        cpus.update(range(int(first), int(last or first) + 1))
    return frozenset(cpus)


def usable_nodes(
    lists: Mapping[int, str], allowed: Collection[int]
) -> tuple[tuple[int, frozenset[int]], ...]:
    """Return number and CPUs of each node that has any of the `allowed` ones, by number.

    `lists` has each node's CPUs as Linux writes them. Where nodes tell nothing, all allowed CPUs
    are one node, number 0. Nodes of memory alone are left out.
    """
    nodes = {number: parse_cpus(text) & frozenset(allowed) for number, text in lists.items()}
    found = tuple((number, cpus) for number, cpus in sorted(nodes.items()) if cpus)
    return found or ((0, frozenset(allowed)),)


def cpus_of_node(node: int, lists: Mapping[int, str], allowed: Collection[int]) -> frozenset[int]:
    """Return the CPUs of a node, see `usable_nodes`; raises BackendError (bad_number)."""
    nodes = dict(usable_nodes(lists, allowed))
    if node not in nodes:
        raise BackendError(
            ErrorCode.BAD_NUMBER,
            f"There is no NUMA node {node} with CPUs for this process.",
            f"There is: {', '.join(map(str, nodes))}.",
        )
    return nodes[node]


def nodes_here() -> tuple[int, ...]:
    """Return the numbers of the nodes that this process may use."""
    return tuple(number for number, _ in usable_nodes(read_nodes(), os.sched_getaffinity(0)))


def read_nodes(folder: Path = _NODES) -> dict[int, str]:
    """Return the CPUs of each NUMA node of this machine as Linux writes them; empty elsewhere."""
    return {
        int(found["number"]): (path / "cpulist").read_text("ascii")
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if (found := _NODE.fullmatch(path.name)) and (path / "cpulist").is_file()
    }


def stay_on_node(node: int) -> frozenset[int]:
    """Keep this process and its threads to come on the CPUs of a node, and return them.

    Must be called before torch and OpenVINO are loaded, which count CPUs then. Its memory comes
    from that node as well, as long as there is room: Linux takes it from where a thread runs.
    Raises BackendError (bad_number).
    """
    cpus = cpus_of_node(node, read_nodes(), os.sched_getaffinity(0))
    os.sched_setaffinity(0, cpus)
    return cpus
