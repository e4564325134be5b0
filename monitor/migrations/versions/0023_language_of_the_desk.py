"""A person may choose the language of the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    with op.batch_alter_table("reviewer") as reviewer:
        reviewer.add_column(sa.Column("language", sa.String(2), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("reviewer") as reviewer:
        reviewer.drop_column("language")
