"""Editors put the letters together and approve them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "arrangement",
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True)),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("audience", "number", name="pk_arrangement"),
    )
    op.create_table(
        "approval",
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("wording", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("audience", "number", "reviewer_id", name="pk_approval"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name="fk_approval_reviewer_id"),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("approval")
    op.drop_table("arrangement")
