"""Tables of what a workspace and its people have settled. Nothing else."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backend.models import Table


class RulesRow(Table):
    """Who may do what in a workspace; see `backend.roles.Rules`. No row: the defaults hold.

    `paused` stands beside the rules so that the queue of jobs can ask for it.
    """

    __tablename__ = "workspace_rules"

    workspace: Mapped[str] = mapped_column(String(255), primary_key=True)
    rules: Mapped[dict[str, Any]]
    paused: Mapped[bool]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class DefaultsRow(Table):
    """What a person's requests mean where they do not say; see `backend.defaults.Defaults`."""

    __tablename__ = "person_defaults"

    workspace: Mapped[str] = mapped_column(String(255), primary_key=True)
    user: Mapped[str] = mapped_column(String(255), primary_key=True)
    defaults: Mapped[dict[str, Any]]
