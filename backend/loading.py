"""A worker that ends while it loads its base model says why: in a sentence, in the log, or both."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from backend.errors import BackendError, ErrorCode

_log = structlog.get_logger(__name__)

ENDING = frozenset({signal.SIGINT, signal.SIGTERM})
"""Signals by which a worker is asked to end."""

_LOOK_SECONDS = 0.2
_NO_MEMORY = ("bad_alloc", "bad allocation", "not enough memory", "can't allocate memory",
              "cannot allocate memory")  # fmt: skip
"""What OpenVINO, torch and the C library call it, in lower case."""


def why_not_loaded(base: str, cache: Path, error: BaseException) -> BackendError:
    """Return what to tell people of an error that was met while a base model was loaded."""
    if is_out_of_memory(error):
        return BackendError(
            ErrorCode.BASE_MODEL,
            f"There is not enough memory to load the base model {base}.",
            "End what else runs on this host, let fewer workers run there, or take a host with "
            "more memory; Stable Diffusion 1.5 takes about 7 GB.",
        )
    if isinstance(error, OSError) and error.filename is not None:
        return BackendError(
            ErrorCode.BASE_MODEL,
            f"{error.filename} cannot be used: {error.strerror or type(error).__name__}.",
            f"See the owner and the room of the base model's folder and of {cache}.",
        )
    return BackendError(
        ErrorCode.BASE_MODEL,
        f"The base model {base} cannot be made ready for drawing.",
        f"It must be a Stable Diffusion 1.x or 2.x, and {cache} needs free space for all of it; "
        "the log says more.",
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether it was memory that was wanting, for an error or for what caused it."""
    if isinstance(error, MemoryError):
        return True
    return any(words in str(error).lower() for words in _NO_MEMORY)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGINT end the process in this block, with a line in the log and code 0.

    A handler of Python's would have to wait for the main thread, which may be in a library for
    minutes. Nothing is held while a worker loads, so that it can simply go.

    Afterwards the signals stay blocked, so that none is lost, until `take_signals`.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    over = threading.Event()
    watch = threading.Thread(target=_end_at_signal, args=(over,), name="signals", daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


def take_signals() -> None:
    """Let the process have the signals again that came since `ended_by_signals`."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _end_at_signal(over: threading.Event) -> None:
    while not over.is_set():
        told = signal.sigtimedwait(ENDING, _LOOK_SECONDS)
        if told is None:
            continue
        # Whoever sent it: 0 is the system, as when the parent has died (backend/leash.py).
        _log.warning(
            "stopped_while_loading", signal=signal.Signals(told.si_signo).name, sender=told.si_pid
        )
        sys.stderr.flush()
        os._exit(0)
