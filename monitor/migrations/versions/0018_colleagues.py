"""People put an item for the letter in their own words, look at it together, and keep what each of them thinks.

Notes become comments, so that one note no longer takes the place of another; each decision that holds is the opinion
of who took it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("amendment", "claim", "opinion", "second_opinion", "comment")


def upgrade() -> None:
    """Take the step."""
    _per_item("amendment", sa.Column("content", sa.JSON(), nullable=False), _moment("written_at"))
    _per_item("claim", _moment("until"))
    _per_item("opinion", sa.Column("decision", sa.String(length=10), nullable=False), _moment("at"), each=True)
    _per_item("second_opinion", _moment("asked_at"))
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _moment("at"),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_comment_item_id_item")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name=op.f("fk_comment_reviewer_id_reviewer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_item_id"), "comment", ["item_id"])
    op.execute(
        "INSERT INTO comment (item_id, reviewer_id, text, at) "
        "SELECT item_id, reviewer_id, note, written_at FROM remark WHERE note <> '' ORDER BY written_at"
    )
    op.execute(
        "INSERT INTO opinion (item_id, reviewer_id, decision, at) "
        "SELECT item_id, reviewer_id, decision, decided_at FROM verdict"
    )
    with op.batch_alter_table("remark") as remark:
        remark.drop_column("note")


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _per_item(name: str, *columns: sa.Column[object], each: bool = False) -> None:
    op.create_table(
        name,
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{name}_item_id_item")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name=op.f(f"fk_{name}_reviewer_id_reviewer")),
        sa.PrimaryKeyConstraint(*(("item_id", "reviewer_id") if each else ("item_id",)), name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    """Take the step back; the latest comment on an item that has a text for the letter is its note again."""
    with op.batch_alter_table("remark") as remark:
        remark.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE remark SET note = coalesce((SELECT text FROM comment WHERE comment.item_id = remark.item_id "
        "AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 1), '')"
    )
    for name in TABLES:
        op.drop_table(name)
