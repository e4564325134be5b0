"""The tables behind the lists of the desk: what waits for a verdict, and which items still have to be made findable.

The database keeps `waiting` and `search_due` itself, by triggers (see migration 0017), so that no way of writing items
can forget them. The index that is searched is no table of SQLAlchemy's: `monitor.store.search` knows it.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table

from digest.tables import Moment, metadata

waiting = Table(
    "waiting",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True, autoincrement=False),
    Column("flagged", Boolean, nullable=False),
    Column("score", Float, nullable=False),
    Column("source", String(100), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Index("ix_waiting_flagged_score_item_id", "flagged", "score", "item_id"),
    Index("ix_waiting_first_seen_at", "first_seen_at"),
)

search_due = Table("search_due", metadata, Column("item_id", Integer, primary_key=True, autoincrement=False))
