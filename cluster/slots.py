"""Divides the hosts among jobs that run at the same time. Pure."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """The `index`-th of `of` parts of the hosts; each runs one job at a time."""

    index: int = 0
    of: int = 1


WHOLE = Slot()
"""The only slot, where jobs run one after another."""


def hosts_of(slot: Slot, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """The slot's hosts, in the hostfile's order: neighbours stay together, sizes differ by one.

    With fewer hosts than slots some slots share a host.
    """
    if not hosts:
        return ()
    if len(hosts) < slot.of:
        return (hosts[slot.index % len(hosts)],)
    start, end = (len(hosts) * edge // slot.of for edge in (slot.index, slot.index + 1))
    return hosts[start:end]


def free_slot(slots: int, taken: Collection[int]) -> Slot:
    """The first slot that nobody has; the first of all if there is none."""
    free = (index for index in range(slots) if index not in taken)
    return Slot(next(free, 0), slots)
