"""One record of everything that people do, rows only added; links to sign in with; codes and leaving of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER record_{word} BEFORE {what} ON record
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END
"""
POSTGRESQL = """
CREATE FUNCTION record_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the record is append-only'; END $$;
CREATE TRIGGER record_append_only BEFORE UPDATE OR DELETE ON record
FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
"""


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name=op.f("fk_record_reviewer_id_reviewer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index("ix_record_subject_id", "record", ["subject", "id"])
    op.execute(
        "INSERT INTO record (at, reviewer_id, action, subject, before, after) "
        "SELECT at, reviewer_id, action, 'item/' || item_id, before, after FROM review ORDER BY id"
    )
    op.drop_table("review")
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name=op.f("fk_sign_in_link_reviewer_id_reviewer")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_link")),
    )
    op.create_index(op.f("ix_sign_in_link_reviewer_id"), "sign_in_link", ["reviewer_id"])
    op.add_column("reviewer", sa.Column("code_secret", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("reviewer", sa.Column("code_step", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("reviewer", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for word, what in (("stays", "UPDATE"), ("is_kept", "DELETE")):
            op.execute(SQLITE.format(word=word, what=what))
    else:
        op.execute(POSTGRESQL)


def downgrade() -> None:
    """Take the step back; what was done to anything but an item is left behind."""
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_review_item_id_item")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name=op.f("fk_review_reviewer_id_reviewer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_item_id"), "review", ["item_id"])
    op.execute(
        "INSERT INTO review (item_id, reviewer_id, action, before, after, at) "
        "SELECT CAST(substr(subject, 6) AS INTEGER), reviewer_id, substr(action, 1, 20), before, after, at "
        "FROM record WHERE subject LIKE 'item/%' AND reviewer_id IS NOT NULL ORDER BY id"
    )
    op.drop_table("record")
    op.drop_table("sign_in_link")
    with op.batch_alter_table("reviewer") as reviewer:
        reviewer.drop_column("code_secret")
        reviewer.drop_column("code_step")
        reviewer.drop_column("left_at")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION record_is_append_only()")
