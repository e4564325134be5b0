"""A person may sign in with the account of their own organisation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    with op.batch_alter_table("reviewer") as reviewer:
        reviewer.add_column(sa.Column("account", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("reviewer") as reviewer:
        reviewer.drop_column("account")
