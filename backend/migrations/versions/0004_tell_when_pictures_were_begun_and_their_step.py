"""Tell when pictures were begun, and how far they are."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column(
        "pictures", sa.Column("step", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("pictures", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_pictures_claimed_at", "pictures", ["claimed_at"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_pictures_claimed_at", table_name="pictures")
    op.drop_column("pictures", "claimed_at")
    op.drop_column("pictures", "step")
