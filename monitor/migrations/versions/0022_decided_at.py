"""What was decided is found by decision and moment: the latest ones of a kind, and those of a week."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_index("ix_verdict_decision_decided_at", "verdict", ["decision", "decided_at", "item_id"])
    op.drop_index("ix_verdict_decision", "verdict")


def downgrade() -> None:
    """Take the step back."""
    op.create_index("ix_verdict_decision", "verdict", ["decision"])
    op.drop_index("ix_verdict_decision_decided_at", "verdict")
