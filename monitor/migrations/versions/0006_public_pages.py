"""What the public pages show: items that stood in a letter, with their themes and goals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "published_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("rung", sa.String(40), nullable=False),
        sa.Column("region", sa.Boolean(), nullable=False),
        sa.Column("event_day", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("useful", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_item")),
        sa.UniqueConstraint("reference", name=op.f("uq_published_item_reference")),
    )
    op.create_index(op.f("ix_published_item_event_day"), "published_item", ["event_day"])
    op.create_index(op.f("ix_published_item_kind_id"), "published_item", ["kind", "id"])
    op.create_table(
        "published_tag",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(10), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["published_item.id"], name=op.f("fk_published_tag_item_id")),
        sa.PrimaryKeyConstraint("item_id", "sort", "name", name=op.f("pk_published_tag")),
    )
    op.create_index(op.f("ix_published_tag_sort_name_item_id"), "published_tag", ["sort", "name", "item_id"])


def downgrade() -> None:
    """Step back."""
    op.drop_table("published_tag")
    op.drop_table("published_item")
