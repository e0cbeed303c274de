"""The database as the rest of backend and the rendering workers see it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from backend.claims import PictureClaim
from backend.clock import Clock, utc_now
from backend.database import Database, open_engine
from backend.inbox import Inbox
from backend.layout import DataFolder
from backend.outbox import Outbox
from backend.picture_sweep import PictureSweep
from backend.recipe import Recipe
from backend.settings import BackendSettings
from backend.store_concept_care import ConceptCareStore
from backend.store_concepts import ConceptStore
from backend.store_gallery import GalleryStore
from backend.store_imports import ImportStore
from backend.store_jobs import JobStore
from backend.store_pictures import PictureQueue
from backend.store_renders import RenderStore
from backend.store_rules import RulesStore
from backend.store_starts import StartStore
from backend.views import Failure


class Store:
    """Everything that is stored, by topic; and the few calls a rendering worker makes."""

    def __init__(self, database: Database, folder: DataFolder, clock: Clock = utc_now) -> None:
        self._database = database
        self.folder = folder
        self.inbox = Inbox(database)
        self.outbox = Outbox(database)
        self.jobs = JobStore(database, folder)
        self.concepts = ConceptStore(database, folder)
        self.care = ConceptCareStore(database, folder)
        self.imports = ImportStore(database, folder)
        self.rules = RulesStore(database)
        self.renders = RenderStore(database, folder)
        self.gallery = GalleryStore(database)
        self.starts = StartStore(database, folder)
        self.picture_sweep = PictureSweep(database, folder)
        self.pictures = PictureQueue(database, folder, clock)

    @classmethod
    def open(cls, settings: BackendSettings, clock: Clock = utc_now) -> "Store":
        """Return the store of these settings. Its tables must be there: see `migrate`."""
        return cls(Database(open_engine(settings.url)), DataFolder(settings.data.absolute()), clock)

    @property
    def database(self) -> Database:
        """The database itself, for what keeps tables of its own in it."""
        return self._database

    async def close(self) -> None:
        """Close the connections."""
        await self._database.close()

    async def claim_pictures(
        self,
        worker: str,
        limit: int,
        now: datetime,
        lease: timedelta,
        base_hash: str | None = None,
    ) -> tuple[PictureClaim, ...]:
        """Claim up to `limit` pictures of one batch group, in fair order, until `now + lease`."""
        return await self.pictures.claim(worker, limit, now, lease, base_hash)

    async def finish_picture(
        self, claim: PictureClaim, path: Path | None, recipe: Recipe, held_back: bool
    ) -> bool:
        """Record a finished picture, `path` None if it was held back. False: claim was lost."""
        return await self.pictures.finish(claim, path, recipe, held_back)

    async def fail_render(self, claim: PictureClaim, failure: Failure) -> bool:
        """End the render of a picture that cannot be drawn. False: claim was lost."""
        return await self.pictures.fail(claim, failure)

    async def renew(
        self, claims: Sequence[PictureClaim], now: datetime, lease: timedelta, step: int = 0
    ) -> tuple[PictureClaim, ...]:
        """Prolong leases; return the claims that still hold (a cancelled render's do not)."""
        return await self.pictures.renew(claims, now, lease, step)

    async def release(self, claims: Sequence[PictureClaim]) -> None:
        """Give pictures back undrawn."""
        await self.pictures.release(claims)
