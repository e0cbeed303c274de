"""Remembers in a run's folder since when hosts have let nobody in: one refusal may be chance."""

import contextlib
from collections.abc import Collection
from pathlib import Path

_FOLDER = "unanswered"
"""Holds an empty file for each such host, made when it was first asked in vain."""


def unanswered_since(run: Path, hosts: Collection[str]) -> dict[str, float]:
    """Note that of all hosts `hosts` do not answer now; the others are forgotten.

    Returns since when each of `hosts` has not, in seconds since the epoch of the folder's clock.
    """
    folder = run / _FOLDER
    if not hosts and not folder.exists():
        return {}
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        if file.name not in hosts:
            file.unlink(missing_ok=True)
    since = {}
    for host in hosts:
        file = folder / host
        with contextlib.suppress(FileExistsError):
            file.touch(exist_ok=False)
        since[host] = file.stat().st_mtime
    return since
