"""The figures count what the radar said before the first decision, also of an item that changed after it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step; of what was decided on before, the judgement of today is the best that is known."""
    op.create_table(
        "foretold",
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_foretold_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_foretold")),
    )
    op.execute(
        "INSERT INTO foretold (item_id, score, flagged) SELECT judgement.item_id, judgement.score, judgement.flagged "
        "FROM judgement JOIN verdict ON verdict.item_id = judgement.item_id"
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("foretold")
