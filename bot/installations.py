"""Where the app is installed, and with which token: one workspace by settings, or many by OAuth."""

from dataclasses import dataclass, field
from typing import Protocol

from bot.calls import Calls


@dataclass(frozen=True, slots=True)
class Installed:
    """The app in a workspace: its token there, who its bot is, what it was granted.

    `scopes` is None where that was not told. `enterprise` is the organisation of the workspace.
    """

    workspace: str
    bot_user: str
    token: str = field(repr=False)
    bot: str = ""
    enterprise: str | None = None
    scopes: frozenset[str] | None = None


class Installations(Protocol):
    """Knows where the app is installed."""

    async def find(self, workspace: str) -> Installed | None:
        """Return what holds for a workspace now; None where the app is not installed."""

    async def remove(self, workspace: str, before: float) -> bool:
        """Forget an installation that was made before a time, in seconds since 1970.

        False where there is none to forget.
        """

    async def workspaces(self) -> tuple[str, ...]:
        """Return the workspaces that it is installed in."""


class OneInstallation:
    """The workspace of the token in the settings. Whatever comes in is for it."""

    def __init__(self, token: str, calls: Calls) -> None:
        """Keep a token, and what asks Slack whose it is."""
        self._token = token
        self._calls = calls
        self._installed: Installed | None = None

    async def find(self, workspace: str) -> Installed | None:
        """Return it; raises BotError while Slack does not say whose token it is."""
        if self._installed is None:
            me = await self._calls.who_am_i()
            self._installed = Installed(
                me.workspace, me.user, self._token, me.bot, scopes=me.scopes
            )
        return self._installed

    async def remove(self, workspace: str, before: float) -> bool:
        """Forget nothing: the settings still have its token."""
        return False

    async def workspaces(self) -> tuple[str, ...]:
        """Return the only one."""
        installed = await self.find("")
        return () if installed is None else (installed.workspace,)
