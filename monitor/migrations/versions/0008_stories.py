"""Stories are found by footprints, and an old text under a new address by its title."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.item import title_key

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step; titles that are there get their key."""
    op.create_table(
        "telling",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("footprint", sa.LargeBinary(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_telling_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_telling")),
    )
    op.create_index(op.f("ix_telling_day"), "telling", ["day"])
    op.add_column("item", sa.Column("title_key", sa.String(length=16), nullable=False, server_default=""))
    item = sa.table("item", sa.column("id", sa.Integer), sa.column("title", sa.Text), sa.column("title_key", sa.String))
    connection = op.get_bind()
    keys = [
        {"row": row.id, "made": title_key(row.title)} for row in connection.execute(sa.select(item.c.id, item.c.title))
    ]
    if keys:
        set_key = sa.update(item).where(item.c.id == sa.bindparam("row")).values(title_key=sa.bindparam("made"))
        connection.execute(set_key, keys)
    op.create_index("ix_item_source_title_key", "item", ["source", "title_key"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_item_source_title_key", "item")
    op.drop_column("item", "title_key")
    op.drop_table("telling")
