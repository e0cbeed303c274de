"""A rendering worker: claims pictures from the database, draws them, hands them in."""

import asyncio
import dataclasses
import os
import platform
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import uuid4

import structlog

from backend.claims import PictureClaim
from backend.clock import Clock, utc_now
from backend.concept_files import load_draw
from backend.drawer import Drawer, Loader, load_engine
from backend.engine_draws import Draw, Drawn
from backend.enlarging import enlarged
from backend.errors import BackendError
from backend.held_claims import HeldClaims, is_set_within
from backend.leftovers import finished_before, remove_unfinished
from backend.pace import Pace
from backend.picture_file import save_picture
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import Failure

_log = structlog.get_logger(__name__)

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
        self._expires_at = clock()
        self._held = HeldClaims(store, self._lease, clock)
        self._pace = Pace(time.monotonic())

    async def run(self, stop: asyncio.Event) -> None:
        """Draw until `stop` is set. A database that is away is waited for."""
        watching = asyncio.create_task(self._leave_at(stop))
        try:
            while not stop.is_set():
                claims = await self._claim()
                if claims:
                    await self._serve(claims)
                else:
                    await is_set_within(stop, self._idle)
                await self._tell_pace()
        finally:
            # However we end, the thread must not go on drawing for nobody.
            self._held.leaving.set()
            watching.cancel()
        _log.info("worker_stopped", worker=self._name)

    async def _claim(self) -> tuple[PictureClaim, ...]:
        """Claim what is to be drawn next; nothing if the database cannot be reached."""
        now = self._clock()
        try:
            if now >= self._expires_at:
                # Whoever is left takes over from the dead, also where no bot runs.
                self._expires_at = now + self._lease / 4
                if lost := await self._store.pictures.expire(now):
                    _log.warning("leases_expired", pictures=lost)
            return await self._store.claim_pictures(
                self._name, self._most, self._clock(), self._lease, self._drawer.base_hash
            )
        except Exception:
            # Which error says that a database is away depends on its driver.
            _log.exception("claiming_failed")
            return ()

    async def _tell_pace(self) -> None:
        report = self._pace.report(time.monotonic())
        if report is None:
            return
        try:
            waiting = await self._store.pictures.waiting(self._drawer.base_hash)
        except Exception:
            _log.exception("counting_failed")
            return
        _log.info("pace", worker=self._name, waiting=waiting, **dataclasses.asdict(report))

    async def _leave_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._held.leaving.set()

    async def _serve(self, claims: Sequence[PictureClaim]) -> None:
        """Draw claimed pictures while their leases are kept; give back what is left over."""
        async with self._held.hold(claims):
            new = [
                claim
                for claim in claims
                if not (await self._was_finished(claim) or await self._enlarged(claim))
            ]
            draws = {claim: draw for claim in new if (draw := await self._ready(claim))}
            await self._draw(draws)

    async def _was_finished(self, claim: PictureClaim) -> bool:
        """Hand in what a worker before us finished and could not hand in any more."""
        if claim.attempt > 1:
            await asyncio.to_thread(remove_unfinished, claim.out)
        recipe = await asyncio.to_thread(finished_before, claim)
        if recipe is None:
            return False
        kept = await self._held.report(
            claim, lambda: self._store.finish_picture(claim, claim.out, recipe, False)
        )
        _log.info("picture_found", render=claim.render_id, index=claim.index, kept=kept)
        return True

    async def _enlarged(self, claim: PictureClaim) -> bool:
        """Hand in what is only a picture that is there in twice its size."""
        began = time.monotonic()
        drawn = await asyncio.to_thread(enlarged, claim)
        if drawn is not None:
            await self._hand_in(claim, drawn, time.monotonic() - began)
        return drawn is not None

    async def _ready(self, claim: PictureClaim) -> Draw | None:
        try:
            draw = await asyncio.to_thread(load_draw, claim)
            self._drawer.check(draw)
        except Exception as error:
            await self._fail(claim, self._reason(claim, error))
            return None
        return draw

    async def _draw(self, draws: dict[PictureClaim, Draw]) -> None:
        """Draw and hand in. A failure of several together is looked at one by one."""
        draws = {claim: draw for claim, draw in draws.items() if claim in self._held}
        if not draws:
            return
        drawing = partial(
            self._drawer.draw,
            tuple(draws.values()),
            self._held.stepped,
            partial(self._held.unwanted, tuple(draws)),
        )
        began = time.monotonic()
        try:
            drawn = await asyncio.get_running_loop().run_in_executor(self._thread, drawing)
        except Exception as error:
            if len(draws) > 1:
                for claim, draw in draws.items():
                    await self._draw({claim: draw})
                return
            claim = next(iter(draws))
            await self._fail(claim, self._reason(claim, error))
            return
        seconds = time.monotonic() - began
        finished = {
            claim: picture
            for claim, picture in zip(draws, drawn, strict=True)
            if picture is not None
        }
        self._pace.add(len(finished), seconds)
        for claim, picture in finished.items():
            await self._hand_in(claim, picture, seconds)

    def _reason(self, claim: PictureClaim, error: Exception) -> Failure:
        """Return what people are told of `error`; what we did not expect stays in the log."""
        if isinstance(error, BackendError):
            return Failure(error.code, error.message, error.hint)
        _log.error("drawing_failed", render=claim.render_id, recipe=claim.recipe, exc_info=error)
        return _FAULT

    async def _hand_in(self, claim: PictureClaim, drawn: Drawn, seconds: float) -> None:
        # A process that was suspended may have lost its claims and not know yet: then the file
        # is another worker's to write.
        await self._held.renew([claim])
        if claim not in self._held:
            return
        path = None if drawn.held_back else claim.out
        if path is not None:
            try:
                await asyncio.to_thread(save_picture, path, drawn.picture, drawn.recipe)
            except OSError:
                _log.exception("saving_failed", render=claim.render_id, path=str(path))
                await self._fail(claim, _CANNOT_SAVE)
                return
        kept = await self._held.report(
            claim,
            lambda: self._store.finish_picture(claim, path, drawn.recipe, drawn.held_back),
        )
        _log.info(
            "picture_drawn",
            render=claim.render_id,
            index=claim.index,
            kept=kept,
            seconds=round(seconds, 2),
            attempt=claim.attempt,
        )

    async def _fail(self, claim: PictureClaim, failure: Failure) -> None:
        """Fail the claim's render. The other claims on it are lost with it."""
        _log.warning("render_failed", render=claim.render_id, reason=failure.reason)
        await self._held.report(claim, lambda: self._store.fail_render(claim, failure))
