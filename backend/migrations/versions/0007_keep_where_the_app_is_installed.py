"""Make the tables that slack_sdk keeps installations and their states in.

They are slack_sdk's own, and a test compares them with what it would create. Nothing of backend
reads them.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None

_BOT = (
    ("bot_token", sa.String(200)),
    ("bot_id", sa.String(32)),
    ("bot_user_id", sa.String(32)),
    ("bot_scopes", sa.String(1000)),
    ("bot_refresh_token", sa.String(200)),
    ("bot_token_expires_at", sa.DateTime()),
)
_USER = (
    ("user_token", sa.String(200)),
    ("user_scopes", sa.String(1000)),
    ("user_refresh_token", sa.String(200)),
    ("user_token_expires_at", sa.DateTime()),
    ("incoming_webhook_url", sa.String(200)),
    ("incoming_webhook_channel", sa.String(200)),
    ("incoming_webhook_channel_id", sa.String(200)),
    ("incoming_webhook_configuration_url", sa.String(200)),
)


def _columns(*rows: tuple[str, sa.String | sa.DateTime]) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=True) for name, kind in rows]


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "slack_installations",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("app_id", sa.String(32), nullable=False),
        *_columns(
            ("enterprise_id", sa.String(32)),
            ("enterprise_name", sa.String(200)),
            ("enterprise_url", sa.String(200)),
            ("team_id", sa.String(32)),
            ("team_name", sa.String(200)),
            *_BOT,
        ),
        sa.Column("user_id", sa.String(32), nullable=False),
        *_columns(*_USER),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        sa.Column("token_type", sa.String(32), nullable=True),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
    )
    op.create_index(
        "slack_installations_idx",
        "slack_installations",
        ["client_id", "enterprise_id", "team_id", "user_id", "installed_at"],
    )
    op.create_table(
        "slack_bots",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("app_id", sa.String(32), nullable=False),
        *_columns(
            ("enterprise_id", sa.String(32)),
            ("enterprise_name", sa.String(200)),
            ("team_id", sa.String(32)),
            ("team_name", sa.String(200)),
            *_BOT,
        ),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
    )
    op.create_index(
        "slack_bots_idx",
        "slack_bots",
        ["client_id", "enterprise_id", "team_id", "installed_at"],
    )
    op.create_table(
        "slack_oauth_states",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(200), nullable=False),
        sa.Column("expire_at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("slack_oauth_states")
    op.drop_table("slack_bots")
    op.drop_table("slack_installations")
