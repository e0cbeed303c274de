"""Installations in Figment's own database, by slack_sdk's stores.

Queries are made from the tables that slack_sdk describes: SQL itself stays out of the bot.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore

from backend.database import Database
from bot.installations import Installed

STATE_SECONDS = 600
"""How long somebody may take from the page to install to their consent."""


class InstallationTables(AsyncSQLAlchemyInstallationStore):
    """Finds installations by workspace alone, which is all that Figment's own data know."""

    def __init__(self, client_id: str, database: Database) -> None:
        """Keep the installations of one app."""
        super().__init__(client_id, database.lent)

    async def find(self, workspace: str) -> Installed | None:
        """Return the latest installation in a workspace."""
        row = await self._latest(workspace)
        return None if row is None else _installed(row)

    async def remove(self, workspace: str, before: float) -> bool:
        """Forget the installation of a workspace, unless it was made anew since."""
        row = await self._latest(workspace)
        # Slack counts whole seconds.
        if row is None or _made_at(row) >= before + 1:
            return False
        await self.async_delete_all(enterprise_id=row["enterprise_id"], team_id=workspace)
        return True

    async def workspaces(self) -> tuple[str, ...]:
        """Return the workspaces that the app is installed in."""
        column = self.bots.c
        wanted = self.bots.select().where(column.client_id == self.client_id)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        return tuple(sorted({str(row["team_id"]) for row in rows if row["team_id"]}))

    async def _latest(self, workspace: str) -> Mapping[str, Any] | None:
        column = self.bots.c
        wanted = (
            self.bots.select()
            .where(
                column.client_id == self.client_id,
                column.team_id == workspace,
                column.bot_token.is_not(None),
            )
            .order_by(column.installed_at.desc())
            .limit(1)
        )
        async with self.engine.connect() as connection:
            row = (await connection.execute(wanted)).mappings().first()
        return None if row is None else dict(row)


class StateTable(AsyncSQLAlchemyOAuthStateStore):
    """States of installations that were begun: each counts once, and for ten minutes."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database."""
        super().__init__(STATE_SECONDS, database.lent)

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """Return a new state; the old ones of people who never came back go."""
        now = datetime.fromtimestamp(time.time(), UTC).replace(tzinfo=None)
        states = self.oauth_states
        async with self.engine.begin() as connection:
            await connection.execute(states.delete().where(states.c.expire_at < now))
        return str(await super().async_issue(*args, **kwargs))


def _installed(row: Mapping[str, Any]) -> Installed:
    scopes = row["bot_scopes"]
    return Installed(
        workspace=str(row["team_id"]),
        bot_user=str(row["bot_user_id"]),
        token=str(row["bot_token"]),
        bot=str(row["bot_id"] or ""),
        enterprise=row["enterprise_id"],
        scopes=frozenset(one.strip() for one in scopes.split(",")) if scopes else None,
    )


def _made_at(row: Mapping[str, Any]) -> float:
    # slack_sdk stores UTC without saying so.
    made: datetime = row["installed_at"]
    return made.replace(tzinfo=UTC).timestamp()
