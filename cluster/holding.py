"""What this host has of a run: `python -m cluster.holding RUN MARKER` prints it, over ssh."""

import hashlib
import json
import sys
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


def main(arguments: list[str]) -> int:
    """Print whether the marker is seen in the run folder, and what else is in there."""
    run, marker = Path(arguments[0]), arguments[1]
    told = {"shared": (run / marker).exists(), "files": holding(run)}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
