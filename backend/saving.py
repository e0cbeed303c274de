"""A data folder that takes no more, said in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from backend.errors import BackendError, ErrorCode

_log = structlog.get_logger(__name__)


@contextmanager
def saving() -> Iterator[None]:
    """Turn what goes wrong while files are written into BackendError (cannot_save)."""
    try:
        yield
    except OSError as error:
        _log.exception("saving_failed")
        raise BackendError(
            ErrorCode.CANNOT_SAVE,
            "The pictures could not be written to the data folder.",
            "Whoever runs Figment should make room on its disk; then send them again.",
        ) from error
