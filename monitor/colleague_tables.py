"""The tables of what colleagues add to an item: how the letter tells it, who looks at it, what each of them thinks."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, Text

from digest.tables import Moment, metadata

amendment = Table(
    "amendment",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True, autoincrement=False),
    Column("content", JSON, nullable=False),
    Column("reviewer_id", ForeignKey("reviewer.id"), nullable=False),
    Column("written_at", Moment, nullable=False),
)

claim = Table(
    "claim",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True, autoincrement=False),
    Column("reviewer_id", ForeignKey("reviewer.id"), nullable=False),
    Column("until", Moment, nullable=False),
)

opinion = Table(
    "opinion",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True, autoincrement=False),
    Column("reviewer_id", ForeignKey("reviewer.id"), primary_key=True),
    Column("decision", String(10), nullable=False),
    Column("at", Moment, nullable=False),
)

second_opinion = Table(
    "second_opinion",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True, autoincrement=False),
    Column("reviewer_id", ForeignKey("reviewer.id"), nullable=False),
    Column("asked_at", Moment, nullable=False),
)

comment = Table(
    "comment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False, index=True),
    Column("reviewer_id", ForeignKey("reviewer.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
)
