"""What is remembered of each endpoint, of every request, of gaps and of robots.txt."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Take the step; what a run says an endpoint listed before now counts as its first reading."""
    op.create_table(
        "gap",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_by", sa.String(20), nullable=False, server_default=""),
    )
    op.create_index("ix_gap_source", "gap", ["source"])
    op.create_table(
        "robots_file",
        sa.Column("origin", sa.String(300), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    with op.batch_alter_table("source_run") as run:
        run.add_column(sa.Column("caught_up", sa.Integer(), nullable=False, server_default="0"))
        run.add_column(sa.Column("asked", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index("ix_source_run_finished_at", "source_run", ["finished_at"])
    with op.batch_alter_table("source_state") as state:
        state.add_column(sa.Column("reconciled_at", MOMENT))
        state.add_column(sa.Column("news_at", MOMENT))
        state.add_column(sa.Column("endpoints", sa.JSON(), nullable=False, server_default="{}"))
    unread = sa.text("read_at IS NULL AND arrival = 'news'")
    op.create_index("ix_item_unread", "item", ["source"], sqlite_where=unread, postgresql_where=unread)
    _remember()
    with op.batch_alter_table("source_state") as state:
        state.drop_column("validators")


def _remember() -> None:
    yielded: dict[str, dict[str, dict[str, bool]]] = {}
    for source, endpoints in op.get_bind().execute(sa.text("SELECT source, endpoints FROM source_run")):
        for one in _plain(endpoints):
            if one.get("listed"):
                yielded.setdefault(source, {})[one["address"]] = {"yielded": True}
    changed = sa.text("UPDATE source_state SET endpoints = :endpoints WHERE source = :source")
    changed = changed.bindparams(sa.bindparam("endpoints", type_=sa.JSON()))
    for source, endpoints in yielded.items():
        op.get_bind().execute(changed, {"source": source, "endpoints": endpoints})


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("source_state") as state:
        state.add_column(sa.Column("validators", sa.JSON(), nullable=False, server_default="{}"))
        state.drop_column("endpoints")
        state.drop_column("news_at")
        state.drop_column("reconciled_at")
    op.drop_index("ix_item_unread", "item")
    op.drop_index("ix_source_run_finished_at", "source_run")
    with op.batch_alter_table("source_run") as run:
        run.drop_column("asked")
        run.drop_column("caught_up")
    op.drop_table("robots_file")
    op.drop_table("gap")
