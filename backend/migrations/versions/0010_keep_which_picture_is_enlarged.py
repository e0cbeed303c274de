"""Keep which picture another one is the double size of."""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the column; what waits without it is drawn from the beginning."""
    op.add_column("pictures", sa.Column("enlarges", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("pictures", "enlarges")
