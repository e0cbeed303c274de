"""Looks at this host: `python -m cluster.probe` reads a question and prints facts, over ssh."""

import os
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

import psutil

from cluster.base import remembered_hash, resolve_base
from cluster.cpu import bf16_flags
from cluster.errors import ClusterError
from cluster.facts import (
    HostFacts,
    Leftover,
    Question,
    code_hash,
    python_version,
    versions,
)
from cluster.hosts import route_to
from cluster.preloads import IOMP5, TCMALLOC, find_library
from cluster.preview_vae import find_preview_vae
from cluster.sweep import processes_of_runs


def _base(folder: Path | None) -> tuple[str, str]:
    if folder is None:
        return "", ""
    if not folder.is_dir():
        return "", f"there is no folder {folder}"
    try:
        return remembered_hash(resolve_base(str(folder))), ""
    except (ClusterError, OSError) as error:
        return "", str(error)


def _preview_vae_trouble(folder: Path | None, base: Path | None) -> str:
    if folder is None or base is None:
        return ""
    if not folder.is_dir():
        return f"there is no folder {folder}"
    try:
        find_preview_vae(str(folder), base)
    except ClusterError as error:
        return str(error)
    return ""


def _writes(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-"):
            return True
    except OSError:
        return False


def _disk_free(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _own_address() -> str:
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return ""


def _interface(address: str) -> str:
    try:
        return route_to(address).interface
    except ClusterError:
        return ""


def _port_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def _leftovers() -> tuple[Leftover, ...]:
    return tuple(Leftover(pid=one.pid, run=run) for one, run in processes_of_runs())


def look(question: Question) -> HostFacts:
    """Gather everything; nothing that is missing is an error here."""
    found, trouble = _base(question.base)
    return HostFacts(
        hostname=socket.gethostname(),
        address=_own_address(),
        interface=_interface(question.main_address),
        interfaces=tuple(psutil.net_if_addrs()),
        python=python_version(),
        packages=versions(),
        code=code_hash(),
        base_hash=found,
        base_trouble=trouble,
        preview_vae_trouble=(
            "" if trouble else _preview_vae_trouble(question.preview_vae, question.base)
        ),
        writes=_writes(question.folder),
        disk_free=_disk_free(question.folder),
        memory_free=psutil.virtual_memory().available,
        cores=len(os.sched_getaffinity(0)),
        cpu_flags=bf16_flags(),
        tcmalloc=find_library(TCMALLOC),
        libiomp5=find_library(IOMP5),
        time=time.time(),
        port_free=_port_free(question.master_port),
        leftovers=_leftovers(),
    )


if __name__ == "__main__":
    sys.stdout.write(look(Question.model_validate_json(sys.stdin.read())).model_dump_json())
