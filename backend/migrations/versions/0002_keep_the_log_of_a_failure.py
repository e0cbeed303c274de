"""Keep the last lines of the log of what failed."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make room for them."""
    op.add_column("jobs", sa.Column("failure_log", sa.Text(), nullable=True))
