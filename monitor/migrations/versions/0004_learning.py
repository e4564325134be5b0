"""Weeks are closed and sampled, models and words are kept by version, and a judgement names its model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "closed_week",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_closed_week")),
    )
    op.create_table(
        "tally",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("decided_before", sa.Boolean(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_tally_item_id_item")),
        sa.ForeignKeyConstraint(["week"], ["closed_week.week"], name=op.f("fk_tally_week_closed_week")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_tally")),
    )
    op.create_index(op.f("ix_tally_week"), "tally", ["week"])
    op.create_index(op.f("ix_tally_drawn"), "tally", ["drawn"])
    op.create_table(
        "model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("trained_at", MOMENT, nullable=False),
        sa.Column("newest_decision_at", MOMENT, nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model")),
    )
    op.create_table(
        "model_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_model_use_model_id_model")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name=op.f("fk_model_use_reviewer_id_reviewer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_use")),
    )
    op.create_table(
        "words_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name=op.f("fk_words_edition_reviewer_id_reviewer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_words_edition")),
    )
    with op.batch_alter_table("judgement") as judgement:
        judgement.add_column(sa.Column("model_version", sa.String(length=64), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("judgement") as judgement:
        judgement.drop_column("model_version")
    for table in ("words_edition", "model_use", "model", "tally", "closed_week"):
        op.drop_table(table)
