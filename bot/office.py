"""What works for one workspace: everything that holds its token, its limits, its people."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.views import DeliveryKind
from bot.calls import Calls
from bot.delivery import Maker
from bot.homes import Homes
from bot.inbox import Clerk
from bot.installations import Installed
from bot.languages import Languages
from bot.overheard import Overhearing
from bot.standings import Standings
from bot.watch import Watch


@dataclass(frozen=True, slots=True, eq=False)
class Office:
    """The parts of the bot that speak to one workspace. None of them knows another's token."""

    installed: Installed
    calls: Calls
    desk: Clerk
    standings: Standings
    languages: Languages
    overhearing: Overhearing
    homes: Homes
    watch: Watch
    makers: Mapping[DeliveryKind, Maker]
    """What makes the deliveries that are owed to this workspace."""

    def start(self) -> None:
        """Begin what goes on by itself; returns at once."""
        self.watch.start()
        self.homes.start()

    async def stop(self) -> None:
        """End it."""
        await self.homes.stop()
        await self.watch.stop()
