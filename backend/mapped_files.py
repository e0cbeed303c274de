"""Gives memory back that holds nothing but copies of files."""

import ctypes
import mmap
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SHED_SECONDS = 0.05


def release_mapped_files(folder: Path) -> int:
    """Drop from this process's memory what it has read of files in `folder`; return the bytes.

    OpenVINO maps a graph's weights into memory and keeps them mapped, although it computes with
    copies of its own once they are in its layout. Dropped pages are read again, from the
    system's cache or the file, should anyone look at them (madvise(2), MADV_DONTNEED). Mappings
    that can be written to are left alone: there it would undo what was written.
    """
    madvise = ctypes.CDLL(None, use_errno=True).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    released = 0
    for start, size in _read_only_mappings(folder):
        # Failing to save memory is no failure.
        if madvise(start, size, mmap.MADV_DONTNEED) == 0:
            released += size
    return released


@contextmanager
def shedding_mapped_files(folder: Path) -> Iterator[None]:
    """Keep releasing what this block reads of files in `folder`, and once more at its end.

    While a graph is compiled and first run, its weights are read once, and copied into another
    layout. Without this, all of the file and all of the copies are in memory at once.
    """
    over = threading.Event()

    def shed() -> None:
        while not over.wait(_SHED_SECONDS):
            release_mapped_files(folder)

    thread = threading.Thread(target=shed, name="shedding", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        release_mapped_files(folder)


def _read_only_mappings(folder: Path) -> Iterator[tuple[int, int]]:
    inside = f"{folder.resolve()}{os.sep}"
    # address range, permissions, offset, device, inode, path: proc_pid_maps(5)
    for line in Path("/proc/self/maps").read_text("utf-8", "surrogateescape").splitlines():
        parts = line.split(maxsplit=5)
        if len(parts) == 6 and "w" not in parts[1] and parts[5].startswith(inside):
            start, end = (int(address, 16) for address in parts[0].split("-"))
            yield start, end - start
