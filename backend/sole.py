"""One dispatcher for each data folder: two would start the same job twice."""

import fcntl
import os
from pathlib import Path

from backend.errors import BackendError, ErrorCode


class SoleOwner:
    """A lock on a file, which the system gives up when its process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock; raises BackendError (already_running) if another process has it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise BackendError(
                ErrorCode.ALREADY_RUNNING,
                f"Another `figment serve` uses the data folder {self._path.parent}.",
                "Stop it first, or give this one its own FIGMENT_DATA.",
            ) from None
        self._file = file

    def release(self) -> None:
        """Give the lock up."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
