"""What ranks on this host have left in a run folder: `python -m cluster.news RUN`, over ssh.

Asked every few seconds by a watcher that does not have the folder, so it starts fast: nothing but
the standard library is imported. Reads what the watcher has already, prints what is new.
"""

import json
import sys
import time
from base64 import b64encode
from pathlib import Path

GROWING = ("log/rank-*.log", "progress.jsonl")
"""Files that are only ever appended to: their new end is sent."""
WHOLE = (
    "checkpoints/step-*",
    "previews/step-*.png",
    "error/rank-*.json",
    "learned_embeds.safetensors",
    "result.json",
)
"""Files that are moved into place whole; the result last, since it says that all else is there."""

Known = dict[str, tuple[int, int]]
"""Size in bytes and time of change in nanoseconds of each file, by its path in the run folder."""


def known_files(run: Path) -> Known:
    """What a run folder has of all this. A result that comes meanwhile is left out."""
    ended = (run / "result.json").exists()
    stats = {
        path.relative_to(run).as_posix(): path.stat()
        for pattern in (*GROWING, *WHOLE)
        for path in sorted(run.glob(pattern))
    }
    if not ended:
        stats.pop("result.json", None)
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


def news(run: Path, known: Known) -> dict[str, object]:
    """All that is not known yet, and how many seconds ago each rank gave a sign of life.

    A result is never told of before what was written ahead of it.
    """
    files = []
    for name, (size, changed) in known_files(run).items():
        had, had_changed = known.get(name, (0, 0))
        grows = not any(Path(name).match(pattern) for pattern in WHOLE)
        # A host without rank 0 has progress only as it was at the start: less than is known.
        if (grows and size <= had) or (not grows and (size, changed) == (had, had_changed)):
            continue
        start = had if grows else 0
        with (run / name).open("rb") as file:
            file.seek(start)
            data = file.read(size - start)
        files.append(
            {"name": name, "start": start, "changed": changed, "data": b64encode(data).decode()}
        )
    now = time.time()
    silent = {path.name: now - path.stat().st_mtime for path in run.glob("heartbeat/rank-*")}
    return {"files": files, "silent": silent}


def main(arguments: list[str]) -> int:
    """Answer once."""
    known: Known = {name: (size, changed) for name, (size, changed) in json.load(sys.stdin).items()}
    sys.stdout.write(json.dumps(news(Path(arguments[0]), known)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
