"""A lock between processes."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

_log = structlog.get_logger(__name__)


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Wait until nobody else holds the file `lock`, then hold it. Blocks the thread.

    The system gives it up when the process ends, however it ends.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # An export takes minutes: whoever waits for another one's should say so.
            _log.info("waiting", until_free=str(lock))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
