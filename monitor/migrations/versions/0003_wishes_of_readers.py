"""What readers ask for: rhythm, wishes, a pause, and a page of their own."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RHYTHM = sa.Enum("week", "maand", name="rhythm", native_enum=False, create_constraint=False, length=20)


def upgrade() -> None:
    """Take the step; everybody goes on getting everything, each week."""
    with op.batch_alter_table("edition") as batch:
        batch.add_column(sa.Column("rhythm", RHYTHM, server_default="week", nullable=False))
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("wishes", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("subscriber") as batch:
        batch.add_column(sa.Column("preferences_token", sa.String(64), nullable=True))
        batch.add_column(sa.Column("rhythm", RHYTHM, server_default="week", nullable=False))
        batch.add_column(sa.Column("wishes", sa.JSON(), server_default="{}", nullable=False))
        batch.add_column(sa.Column("also_empty", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
    _give_tokens()
    with op.batch_alter_table("subscriber") as batch:
        batch.alter_column("preferences_token", existing_type=sa.String(64), nullable=False)
        batch.create_unique_constraint(op.f("uq_subscriber_preferences_token"), ["preferences_token"])


def _give_tokens() -> None:
    subscriber = sa.table("subscriber", sa.column("id"), sa.column("preferences_token"))
    connection = op.get_bind()
    for reader in connection.execute(sa.select(subscriber.c.id)).scalars().all():
        token = secrets.token_urlsafe(24)
        connection.execute(sa.update(subscriber).where(subscriber.c.id == reader).values(preferences_token=token))


def downgrade() -> None:
    """Step back."""
    with op.batch_alter_table("subscriber") as batch:
        batch.drop_constraint(op.f("uq_subscriber_preferences_token"), type_="unique")
        for name in ("paused_until", "also_empty", "wishes", "rhythm", "preferences_token"):
            batch.drop_column(name)
    with op.batch_alter_table("delivery") as batch:
        batch.drop_column("wishes")
    with op.batch_alter_table("edition") as batch:
        batch.drop_column("rhythm")
