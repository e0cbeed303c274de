"""Keep which step of which job a version was chosen from."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("concept_versions", sa.Column("checkpoint_of", sa.String(32), nullable=True))
    op.add_column("concept_versions", sa.Column("checkpoint_step", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("concept_versions", "checkpoint_step")
    op.drop_column("concept_versions", "checkpoint_of")
