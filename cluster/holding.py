"""What this host has of a run: `python -m cluster.holding RUN MARKER` prints it, over ssh."""

import contextlib
import hashlib
import json
import sys
import tempfile
from pathlib import Path

NEEDED = ("spec.json", "images/*", "checkpoints/*", "progress.jsonl")
"""What ranks read of a run folder, or go on with."""


def holding(run: Path) -> dict[str, str]:
    """SHA-256 (hex) of each file of the run folder that ranks read, by its path in there."""
    files = [path for pattern in NEEDED for path in run.glob(pattern) if path.is_file()]
    return {
        path.relative_to(run).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(files)
    }


def refresh(folder: Path) -> None:
    """Let a network folder forget what it has cached of names in it, by writing there."""
    with contextlib.suppress(OSError), tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-"):
        pass


def main(arguments: list[str]) -> int:
    """Print whether the marker is seen beside the run folder, and what is in there.

    Beside and not in it: after a retry, NFS may for half a minute take the earlier attempt's
    folder for this one.
    """
    run, marker = Path(arguments[0]), arguments[1]
    refresh(run.parent)
    told = {"shared": (run.parent / marker).exists(), "files": holding(run)}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
