"""The hosts of a hostfile, and this machine's way to them."""

import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

from cluster.errors import LaunchError


@dataclass(frozen=True, slots=True)
class Route:
    """This machine's own address on the way to somewhere, and the interface that bears it."""

    address: str
    interface: str


def read_hostfile(path: Path) -> tuple[str, ...]:
    """Host names, one a line; blank lines and `#` comments are left out.

    A line may go on after the name (`node1:4`, `node1 slots=4`): how many ranks a host gets is
    said by FIGMENT_RANKS, for all alike.

    Raises:
        LaunchError: there is no such file, no host in it, or one that is named twice.
    """
    try:
        lines = [line.split("#")[0].split() for line in path.read_text().splitlines()]
    except OSError as error:
        raise LaunchError(
            "no_hostfile", f"{path} cannot be read.", "See FIGMENT_HOSTFILE."
        ) from error
    hosts = tuple(words[0].split(":")[0] for words in lines if words)
    if not hosts:
        raise LaunchError("no_hostfile", f"{path} names no host.", "One host a line.")
    twice = next((host for host in hosts if hosts.count(host) > 1), None)
    if twice is not None:
        raise LaunchError(
            "no_hostfile",
            f"{path} names {twice} twice.",
            "One line a host; FIGMENT_RANKS says how many ranks each gets.",
        )
    unsafe = next((host for host in hosts if host.startswith("-")), None)
    if unsafe is not None:
        raise LaunchError("no_hostfile", f"{path} has a line '{unsafe}', which is no host.")
    return hosts


def route_to(host: str) -> Route:
    """Find the way from here to `host`; nothing is sent.

    Raises:
        LaunchError: the name is unknown here, or there is no route.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, 9))
            address: str = probe.getsockname()[0]
    except OSError as error:
        raise LaunchError(
            "unknown_host",
            f"There is no way from here to the host '{host}' of the hostfile.",
            "See FIGMENT_HOSTFILE, and whether the name resolves here.",
        ) from error
    return Route(address, interface_of(address))


def interface_of(address: str) -> str:
    """Name of the interface that bears an IPv4 address of this machine; empty if none does."""
    for name, addresses in psutil.net_if_addrs().items():
        if any(a.family == socket.AF_INET and a.address == address for a in addresses):
            return name
    return ""


def is_this_machine(host: str) -> bool:
    """Whether the name stands for this machine itself."""
    try:
        address = socket.gethostbyname(host)
    except OSError:
        return False
    return address.startswith("127.") or interface_of(address) != ""


def main_address(hosts: tuple[str, ...]) -> str:
    """IPv4 address at which the other ranks reach the first host, where rank 0 runs.

    If its name stands for loopback here, this machine is that host, and its address on the way
    to the others is taken.

    Raises:
        LaunchError: the name is unknown here.
    """
    try:
        address = socket.gethostbyname(hosts[0])
    except OSError as error:
        raise LaunchError(
            "unknown_host",
            f"The host '{hosts[0]}' of the hostfile is unknown here.",
            "See whether the name resolves, on this machine and on the hosts.",
        ) from error
    if address.startswith("127.") and len(hosts) > 1:
        return route_to(hosts[1]).address
    return address
