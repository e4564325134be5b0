"""The pace of sending is remembered, doubts about a letter, and when a person let an edition go on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Take the step; letters in doubt stay due, as they were."""
    op.create_table(
        "pace",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("free_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pace")),
    )
    with op.batch_alter_table("edition") as batch:
        batch.add_column(sa.Column("released_at", MOMENT, nullable=True))
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("doubts", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE delivery SET next_try_at = sending_at WHERE state = 'in_doubt' AND next_try_at IS NULL")


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("delivery") as batch:
        batch.drop_column("doubts")
    with op.batch_alter_table("edition") as batch:
        batch.drop_column("released_at")
    op.drop_table("pace")
