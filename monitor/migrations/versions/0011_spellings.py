"""Items are known by the plainer spellings of their addresses too: without `.html`, with parameters in order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crawlers.address import key

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step; the spellings that are there stay."""
    alias = sa.table("item_alias", sa.column("key", sa.Text), sa.column("item_id", sa.Integer))
    connection = op.get_bind()
    known = {row.key: row.item_id for row in connection.execute(sa.select(alias))}
    plainer: dict[str, int] = {}
    for spelling, item_id in known.items():
        if (made := key(f"https://{spelling}")) not in known:
            plainer.setdefault(made, item_id)
    if plainer:
        connection.execute(sa.insert(alias), [{"key": made, "item_id": item_id} for made, item_id in plainer.items()])


def downgrade() -> None:
    """Nothing to take back: a further spelling of an address does no harm."""
