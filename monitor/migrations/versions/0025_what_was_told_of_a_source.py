"""People are told of a source that is not well once, also when it fails in another way each time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEPT = "UPDATE source_state SET told = reason WHERE reason NOT IN ('', 'ok', 'unchanged')"


def upgrade() -> None:
    """Take the step; what is wrong with a source now has been told."""
    with op.batch_alter_table("source_state") as state:
        state.add_column(sa.Column("told", sa.String(40), nullable=False, server_default=""))
        state.add_column(sa.Column("readings", sa.Integer, nullable=False, server_default="0"))
    op.execute(KEPT)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("source_state") as state:
        state.drop_column("readings")
        state.drop_column("told")
