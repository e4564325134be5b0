"""What was there before us is judged later, and found again by an index of its own."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    waiting = text("words_version = ''")
    op.create_index("ix_judgement_not_judged", "judgement", ["item_id"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_judgement_not_judged", "judgement")
