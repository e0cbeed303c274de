"""Libraries that make ranks faster when they are loaded before all others."""

import ctypes.util
import sys
from collections.abc import Iterable
from pathlib import Path

from cluster.spec import Profile

TCMALLOC, IOMP5 = "tcmalloc", "iomp5"


def find_library(name: str) -> str:
    """Path or file name of a shared library here; empty if there is none.

    What pip has put beside the interpreter goes before what the system has.
    """
    beside = Path(sys.prefix) / "lib" / f"lib{name}.so"
    return str(beside) if beside.is_file() else ctypes.util.find_library(name) or ""


def preloads(profile: Profile, found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What to put into LD_PRELOAD, of (tcmalloc, libiomp5) as found on every host. Pure.

    Only what all hosts have in the same place. libiomp5 is for IPEX: PyTorch alone brings an
    OpenMP of its own.
    """
    tcmalloc, iomp5 = (set(names) for names in zip(*found, strict=True))
    wanted = [tcmalloc, iomp5] if profile is Profile.INTEL else [tcmalloc]
    return tuple(next(iter(names)) for names in wanted if len(names) == 1 and names != {""})
