"""Ends what is left of a run on this machine. `python -m cluster.sweep RUN` does it over ssh."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

RUN_VARIABLE = "FIGMENT_RUN"
"""In the environment of every process of a run, on every host: its run folder."""


def processes_of_runs() -> list[tuple[psutil.Process, str]]:
    """Live processes on this machine that belong to some run, and its folder."""
    mark = f"{RUN_VARIABLE}=".encode()
    found = []
    for process in psutil.process_iter(["status"]):
        if process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            variables = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        run = next((one for one in variables if one.startswith(mark)), None)
        if run is not None:
            found.append((process, os.fsdecode(run.removeprefix(mark))))
    return found


def processes_of(run: Path) -> list[psutil.Process]:
    """Those of one run, whoever started them; never this process."""
    return [one for one, of in processes_of_runs() if of == str(run) and one.pid != os.getpid()]


def end_all(find: Callable[[], Sequence[psutil.Process]], grace_seconds: float) -> int:
    """End what `find` finds, TERM first and KILL after the grace; return how many are left."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        members = find()
        if not members:
            break
        for process in members:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(sign)
        psutil.wait_procs(members, timeout=grace_seconds)
    return len(find())


def sweep(run: Path, grace_seconds: float) -> int:
    """End what belongs to a run on this machine; return how many processes are left."""
    return end_all(lambda: processes_of(run), grace_seconds)


def main(arguments: list[str] | None = None) -> int:
    """Sweep one run; prints the number of processes left."""
    parser = argparse.ArgumentParser(prog="cluster.sweep")
    parser.add_argument("run", type=Path)
    parser.add_argument("--grace", type=float, default=5.0)
    asked = parser.parse_args(arguments)
    sys.stdout.write(f"{sweep(asked.run, asked.grace)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
