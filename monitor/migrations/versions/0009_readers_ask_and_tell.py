"""What readers ask and tell on the public pages: links by mail, and tips."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("sign_up", "preferences", name="purpose", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("text_version", sa.String(20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("token", name=op.f("uq_confirmation_token")),
    )
    for columns in (["asked_at"], ["expires_at"], ["next_try_at"], ["email", "asked_at"]):
        op.create_index(op.f(f"ix_confirmation_{'_'.join(columns)}"), "confirmation", columns)
    op.create_table(
        "tip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip")),
    )
    op.create_index(op.f("ix_tip_handled_at"), "tip", ["handled_at"])


def downgrade() -> None:
    """Step back."""
    op.drop_table("tip")
    op.drop_table("confirmation")
