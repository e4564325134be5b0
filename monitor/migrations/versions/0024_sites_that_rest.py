"""A site may ask to be left alone for a while, for all sources that are on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from digest.tables import Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    with op.batch_alter_table("source_state") as state:
        state.add_column(sa.Column("rests_until", Moment))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("source_state") as state:
        state.drop_column("rests_until")
