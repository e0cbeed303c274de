"""Opens the office of a workspace when it is needed, and closes it when the app is removed."""

import asyncio
from collections.abc import Callable
from functools import partial

import structlog

from backend.views import Delivery, DeliveryKind
from bot.asks import Ask
from bot.delivery import Maker
from bot.errors import BotError, BotErrorCode
from bot.installations import Installations, Installed
from bot.office import Office
from bot.receipts import Receipt

_log = structlog.get_logger(__name__)

Build = Callable[[Installed, Callable[[], None]], Office]
"""Makes an office; the function is to be called once Slack accepts its token no more."""


def not_installed() -> BotError:
    """Say that a workspace has the app no more."""
    return BotError(
        BotErrorCode.NOT_INSTALLED,
        "Figment is not installed in this workspace any more.",
        "Whoever looks after it installs it again from Figment's own page.",
    )


class Offices:
    """The offices that are open. One for each workspace, made of what is installed there now."""

    def __init__(self, installations: Installations, build: Build) -> None:
        """Open none yet."""
        self._installations = installations
        self._build = build
        self._open: dict[str, Office] = {}
        self._turn, self._leaving = asyncio.Lock(), asyncio.Lock()
        self._refused: set[str] = set()
        """Tokens that Slack accepts no more."""
        self._missed: set[str] = set()
        """Workspaces without the app that something was to be done in: told of once."""
        self._closing: set[asyncio.Task[None]] = set()

    async def of(self, workspace: str) -> Office:
        """Return the office of a workspace; raises BotError (not_installed)."""
        office = self._open.get(workspace)
        if office is not None:
            return office
        async with self._turn:
            return self._open.get(workspace) or await self._enter(workspace)

    async def close(self, workspace: str) -> None:
        """Close an office; it opens again when it is needed, if the app is installed then."""
        async with self._turn:
            office = self._open.pop(workspace, None)
        if office is not None:
            await office.stop()

    async def renew(self, workspace: str) -> None:
        """Take note that the app was installed in a workspace, for the first time or again."""
        await self.close(workspace)
        # Slack may give the same token again, and refuse one for a while only.
        if (installed := await self._installations.find(workspace)) is not None:
            self._refused.discard(installed.token)
        self._missed.discard(workspace)
        _log.info("workspace_joined", workspace=workspace)

    async def remove(self, workspace: str, at: float) -> None:
        """Forget a workspace that the app was removed from at a time; its data stay.

        News of that may come late: what was installed anew since then stays.
        """
        # Slack tells of it twice, as an app that goes and as a token that ends.
        async with self._leaving:
            has_left = await self._installations.remove(workspace, at)
        if has_left:
            _log.info("workspace_left", workspace=workspace)
            await self.close(workspace)

    async def stop(self) -> None:
        """Close all."""
        if self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)
        for workspace in tuple(self._open):
            await self.close(workspace)

    async def _enter(self, workspace: str) -> Office:
        installed = await self._installations.find(workspace)
        if installed is None or installed.token in self._refused:
            if workspace not in self._missed:
                self._missed.add(workspace)
                _log.warning("workspace_not_installed", workspace=workspace)
            raise not_installed()
        office = self._open.get(installed.workspace)
        if office is None:
            office = self._build(installed, partial(self._refuse, installed))
            self._open[installed.workspace] = office
            office.start()
        return office

    def _refuse(self, installed: Installed) -> None:
        if installed.token in self._refused:
            return
        self._refused.add(installed.token)
        _log.error("workspace_token_refused", workspace=installed.workspace)
        # Whoever noticed works in this office itself, and must be able to end first.
        task = asyncio.create_task(self.close(installed.workspace), name="close an office")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


class Reception:
    """Shows asks and deliveries to the office of their workspace."""

    def __init__(self, offices: Offices) -> None:
        """Know the offices."""
        self._offices = offices

    async def serve(self, ask: Ask, again: bool) -> None:
        """Do what is asked; raises BotError (not_installed) besides what a desk raises."""
        office = await self._offices.of(ask.workspace)
        await office.desk.serve(ask, again)

    async def complain(self, ask: Ask, error: Exception) -> None:
        """Say why it was not done, where anybody can still be told."""
        try:
            office = await self._offices.of(ask.workspace)
        except BotError as gone:
            _log.info("nobody_to_tell", ask=ask.event_id, why=gone.message, error=str(error))
            return
        await office.desk.complain(ask, error)

    def makers(self) -> dict[DeliveryKind, Maker]:
        """Return who makes each kind of delivery."""
        return {kind: partial(self._deliver, kind) for kind in DeliveryKind}

    async def _deliver(self, kind: DeliveryKind, delivery: Delivery) -> Receipt:
        office = await self._offices.of(delivery.place.workspace)
        return await office.makers[kind](delivery)
