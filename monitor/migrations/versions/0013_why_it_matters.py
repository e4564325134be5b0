"""A reviewer may say why an item matters, and for whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    with op.batch_alter_table("remark") as remark:
        remark.add_column(sa.Column("why", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("remark") as remark:
        remark.drop_column("why")
