"""What a worker draws with, and how that is loaded."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import structlog

from backend.base import Base, load_base
from backend.engine_draws import Draw, Drawn
from backend.errors import BackendError
from backend.layout import DataFolder
from backend.loading import why_not_loaded
from backend.recipe import RenderPrecision
from backend.settings import BackendSettings

_log = structlog.get_logger(__name__)


class Drawer(Protocol):
    """What a worker needs of the engine: see `Engine`."""

    @property
    def base_hash(self) -> str:
        """Which base model it draws with."""

    @property
    def streams(self) -> int:
        """How many pictures it works on at the same time."""

    def check(self, draw: Draw) -> None:
        """Refuse what cannot be drawn (BackendError)."""

    def draw(
        self,
        draws: Sequence[Draw],
        on_step: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], frozenset[int]] | None = None,
    ) -> tuple[Drawn | None, ...]:
        """Draw; None for what was cancelled (BackendError)."""


Loader = Callable[[BackendSettings], Drawer]


def load_engine(
    settings: BackendSettings,
    precision: RenderPrecision | None = None,
    threads: int = 0,
) -> Drawer:
    """Return the engine for these settings' base model, warm for pictures of the usual size.

    `precision` None stands for the setting's.

    Takes minutes the first time that a base model is used, seconds after that. Whatever goes wrong
    is in the log. Raises BackendError (base_model).
    """
    cache = engine_cache(settings)
    _log.info("loading", base=settings.base, cache=str(cache))
    try:
        from backend.engine import Engine

        base: Base = load_base(settings.base)
        precision = settings.render_precision if precision is None else precision
        engine = Engine.load(base.folder, cache, precision, threads, safety=settings.safety_checker)
        engine.warm_up(settings.width or base.resolution, settings.height or base.resolution)
    except Exception as error:
        # A disk, a library, memory: many things can be wrong, and nobody may have to guess.
        told = (
            error
            if isinstance(error, BackendError)
            else why_not_loaded(settings.base, cache, error)
        )
        _log.exception("loading_failed", code=str(told.code), reason=told.message, hint=told.hint)
        if told is error:
            raise
        raise told from error
    _log.info("engine_ready", base=base.hash, streams=engine.streams)
    return engine


def engine_cache(settings: BackendSettings) -> Path:
    """Return the folder of the exported and compiled base models."""
    return DataFolder(settings.data.absolute()).openvino
