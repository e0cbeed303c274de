"""Keep the scores of a concept."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make room for them; those of older versions are not known."""
    op.add_column("concept_versions", sa.Column("scores", sa.JSON(), nullable=True))
