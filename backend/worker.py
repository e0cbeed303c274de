"""A rendering worker: claims pictures from the database, draws them, hands them in."""

import asyncio
import os
import platform
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.base import Base, load_base
from backend.claims import PictureClaim
from backend.clock import Clock, utc_now
from backend.concept_files import load_draw
from backend.engine_draws import Draw, Drawn
from backend.errors import BackendError
from backend.layout import DataFolder
from backend.picture_file import save_picture
from backend.recipe import RenderPrecision
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import Failure

_log = structlog.get_logger(__name__)

_LONGEST_RENEWAL_PAUSE = 2.0
"""Seconds until a worker sees that a render was cancelled, and is between two steps."""

_FAULT = Failure(
    "cannot_draw",
    "The picture could not be drawn because of a fault in the drawing process.",
    "Try fewer steps or a smaller size; the log of the worker says more.",
)
_CANNOT_SAVE = Failure(
    "cannot_save",
    "The picture was drawn but could not be written to the data folder.",
    "Make room on the disk of the data folder and ask again.",
)


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


async def run_worker(
    store: Store,
    settings: BackendSettings,
    stop: asyncio.Event,
    *,
    load: Loader | None = None,
    clock: Clock = utc_now,
) -> None:
    """Draw what is queued until `stop` is set; then give back what is not finished.

    The engine is loaded and warm before the first claim. `load` replaces how it is loaded.
    Raises BackendError (base_model).
    """
    with ThreadPoolExecutor(1, thread_name_prefix="drawing") as thread:
        loading = partial(load or load_engine, settings)
        drawer = await asyncio.get_running_loop().run_in_executor(thread, loading)
        await Worker(store, settings, drawer, thread, clock).run(stop)


def load_engine(
    settings: BackendSettings,
    precision: RenderPrecision | None = None,
    threads: int = 0,
) -> Drawer:
    """Return the engine for these settings' base model, warm for pictures of the usual size.

    `precision` None stands for the setting's.

    Takes minutes the first time that a base model is used, seconds after that.
    Raises BackendError (base_model).
    """
    from backend.engine import Engine

    base: Base = load_base(settings.base)
    precision = settings.render_precision if precision is None else precision
    engine = Engine.load(
        base.folder, engine_cache(settings), precision, threads, safety=settings.safety_checker
    )
    engine.warm_up(settings.width or base.resolution, settings.height or base.resolution)
    _log.info("engine_ready", base=base.hash, streams=engine.streams)
    return engine


def engine_cache(settings: BackendSettings) -> Path:
    """Return the folder of the exported and compiled base models."""
    return DataFolder(settings.data.absolute()).openvino


class Worker:
    """Claims as many pictures as the engine works on at once, draws them, and again.

    More would be of no use: they would wait here instead of being drawn by another worker.
    """

    def __init__(
        self,
        store: Store,
        settings: BackendSettings,
        drawer: Drawer,
        thread: ThreadPoolExecutor,
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._drawer = drawer
        self._thread = thread
        self._clock = clock
        self._name = f"{platform.node()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._most = min(settings.worker_batch, drawer.streams)
        self._idle = settings.tick_seconds
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._renewal_pause = min(settings.lease_seconds / 4, _LONGEST_RENEWAL_PAUSE)
        self._held: frozenset[str] = frozenset()
        self._leaving = threading.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Draw until `stop` is set."""
        watching = asyncio.create_task(self._leave_at(stop))
        try:
            while not stop.is_set():
                claims = await self._store.claim_pictures(
                    self._name, self._most, self._clock(), self._lease, self._drawer.base_hash
                )
                if claims:
                    await self._serve(claims)
                else:
                    await _is_set_within(stop, self._idle)
        finally:
            # However we end, the thread must not go on drawing for nobody.
            self._leaving.set()
            watching.cancel()

    async def _leave_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._leaving.set()

    async def _serve(self, claims: Sequence[PictureClaim]) -> None:
        """Draw claimed pictures while their leases are kept; give back what is left over."""
        self._held = frozenset(claim.ticket for claim in claims)
        done = asyncio.Event()
        keeping = asyncio.create_task(self._keep(claims, done))
        try:
            draws = {claim: draw for claim in claims if (draw := await self._ready(claim))}
            await self._draw(draws)
        finally:
            done.set()
            await keeping
            left = [claim for claim in claims if claim.ticket in self._held]
            self._held = frozenset()
            if left:
                await self._store.release(left)

    async def _keep(self, claims: Sequence[PictureClaim], done: asyncio.Event) -> None:
        """Renew the leases until `done`; notice which claims are lost."""
        while not await _is_set_within(done, self._renewal_pause):
            asked = [claim for claim in claims if claim.ticket in self._held]
            try:
                kept = await self._store.renew(asked, self._clock(), self._lease)
            except (SQLAlchemyError, OSError):
                # The leases outlast several such failures, and the next call may get through.
                _log.exception("renewal_failed")
                continue
            lost = {claim.ticket for claim in asked} - {claim.ticket for claim in kept}
            self._held -= lost

    async def _ready(self, claim: PictureClaim) -> Draw | None:
        try:
            draw = await asyncio.to_thread(load_draw, claim)
            self._drawer.check(draw)
        except BackendError as error:
            await self._fail(claim, Failure(error.code, error.message, error.hint))
            return None
        return draw

    async def _draw(self, draws: dict[PictureClaim, Draw]) -> None:
        """Draw and hand in. A failure of several together is looked at one by one."""
        draws = {claim: draw for claim, draw in draws.items() if claim.ticket in self._held}
        if not draws:
            return
        tickets = [claim.ticket for claim in draws]
        drawing = partial(self._drawer.draw, tuple(draws.values()), None, self._unwanted(tickets))
        try:
            drawn = await asyncio.get_running_loop().run_in_executor(self._thread, drawing)
        except Exception as error:
            if len(draws) > 1:
                for claim, draw in draws.items():
                    await self._draw({claim: draw})
                return
            claim = next(iter(draws))
            if isinstance(error, BackendError):
                await self._fail(claim, Failure(error.code, error.message, error.hint))
            else:
                _log.exception("drawing_failed", render=claim.render_id, recipe=claim.recipe)
                await self._fail(claim, _FAULT)
            return
        for claim, picture in zip(draws, drawn, strict=True):
            if picture is not None:
                await self._hand_in(claim, picture)

    def _unwanted(self, tickets: Sequence[str]) -> Callable[[], frozenset[int]]:
        """Return what tells the drawing thread which of its pictures nobody waits for."""

        def unwanted() -> frozenset[int]:
            held = frozenset() if self._leaving.is_set() else self._held
            return frozenset(n for n, ticket in enumerate(tickets) if ticket not in held)

        return unwanted

    async def _hand_in(self, claim: PictureClaim, drawn: Drawn) -> None:
        if claim.ticket not in self._held:
            return
        try:
            await asyncio.to_thread(save_picture, claim.out, drawn.picture, drawn.recipe)
        except OSError:
            _log.exception("saving_failed", render=claim.render_id, path=str(claim.out))
            await self._fail(claim, _CANNOT_SAVE)
            return
        kept = await self._store.finish_picture(claim, claim.out, drawn.recipe, drawn.held_back)
        self._held -= {claim.ticket}
        _log.info("picture_drawn", render=claim.render_id, index=claim.index, kept=kept)

    async def _fail(self, claim: PictureClaim, failure: Failure) -> None:
        """Fail the claim's render. The other claims on it are lost with it."""
        _log.warning("render_failed", render=claim.render_id, reason=failure.reason)
        await self._store.fail_render(claim, failure)
        self._held -= {claim.ticket}


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
