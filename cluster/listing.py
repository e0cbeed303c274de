"""What lies in a folder. Also sent to hosts as a program, so it needs nothing else of ours."""

import json
import os
import sys
from fnmatch import fnmatch

Entry = tuple[str, str, int, int]
"""Kind; permissions, or where a link leads; size in bytes and time of change in seconds of files,
from which one tells that they differ."""


def listing(folder: str, skip: list[str]) -> dict[str, Entry]:
    """Everything in the folder by its path in there; names that match a pattern are left out."""
    found: dict[str, Entry] = {}
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _skipped(name, skip)]
        for name in (*folders, *(file for file in files if not _skipped(file, skip))):
            path = os.path.join(parent, name)
            stat = os.lstat(path)
            key = os.path.relpath(path, folder)
            if os.path.islink(path):
                found[key] = ("link", os.readlink(path), 0, 0)
            elif os.path.isdir(path):
                found[key] = ("folder", oct(stat.st_mode), 0, 0)
            else:
                found[key] = ("file", oct(stat.st_mode), stat.st_size, int(stat.st_mtime))
    return found


def _skipped(name: str, skip: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in skip)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(listing(sys.argv[1], sys.argv[2:])) + "\n")
