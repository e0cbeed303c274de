"""Keep the options of a job, whom it goes on from, whether it is to end early, and its hosts."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None

_FLAGS = ("keep_asked", "evaluating")


def upgrade() -> None:
    """Add the columns."""
    op.add_column("jobs", sa.Column("options", sa.JSON(), nullable=True))
    op.add_column("jobs", sa.Column("goes_on_from", sa.String(32), nullable=True))
    op.add_column("jobs", sa.Column("hosts", sa.JSON(), nullable=True))
    for flag in _FLAGS:
        op.add_column(
            "jobs", sa.Column(flag, sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    """Take them away."""
    for column in (*reversed(_FLAGS), "hosts", "goes_on_from", "options"):
        op.drop_column("jobs", column)
