"""People of the working group get roles; whoever was there could do everything, and still can."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = sa.Enum("lezer", "beoordelaar", "redacteur", "beheerder", name="role", native_enum=False, length=20)


def upgrade() -> None:
    """Take the step."""
    with op.batch_alter_table("reviewer") as reviewer:
        reviewer.add_column(sa.Column("role", ROLES, nullable=False, server_default="beheerder"))
    with op.batch_alter_table("reviewer") as reviewer:
        reviewer.alter_column("role", server_default=None)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("reviewer") as reviewer:
        reviewer.drop_column("role")
