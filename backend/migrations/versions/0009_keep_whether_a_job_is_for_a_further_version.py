"""Keep whether a job was asked for a further version of a concept."""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: None = None
depends_on: None = None

_FURTHER = sa.text(
    "UPDATE jobs SET is_further = :yes WHERE EXISTS (SELECT 1 FROM concepts WHERE"
    " concepts.workspace = jobs.workspace AND concepts.token = jobs.token"
    " AND concepts.created_at < jobs.created_at)"
)


def upgrade() -> None:
    """Add the column; jobs that are younger than their concept were for a further version."""
    op.add_column(
        "jobs", sa.Column("is_further", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(_FURTHER.bindparams(yes=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("jobs", "is_further")
