"""Keep who may do what, whom concepts are shared with, and what people have as defaults."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add columns and tables; concepts stay everyone's, in their highest version."""
    op.add_column("concepts", sa.Column("current", sa.Integer(), nullable=True))
    op.add_column(
        "concepts", sa.Column("is_private", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "concept_shares",
        sa.Column("concept_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concepts.id"],
            name=op.f("fk_concept_shares_concept_id_concepts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("concept_id", "kind", "subject", name=op.f("pk_concept_shares")),
    )
    op.create_table(
        "workspace_rules",
        sa.Column("workspace", sa.String(length=255), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_workspace_rules")),
    )
    op.create_table(
        "person_defaults",
        sa.Column("workspace", sa.String(length=255), nullable=False),
        sa.Column("user", sa.String(length=255), nullable=False),
        sa.Column("defaults", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user", name=op.f("pk_person_defaults")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("person_defaults")
    op.drop_table("workspace_rules")
    op.drop_table("concept_shares")
    op.drop_column("concepts", "is_private")
    op.drop_column("concepts", "current")
