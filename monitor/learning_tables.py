"""The tables in which monitor remembers what it learned, how well it did, and which words it was given."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, LargeBinary, String, Table, Text

from digest.tables import Moment, metadata

closed_week = Table(
    "closed_week",
    metadata,
    Column("week", String(8), primary_key=True),
    Column("closed_at", Moment, nullable=False),
)

foretold = Table(
    "foretold",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True, autoincrement=False),
    Column("score", Float, nullable=False),
    Column("flagged", Boolean, nullable=False),
)

tally = Table(
    "tally",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("week", ForeignKey("closed_week.week"), nullable=False, index=True),
    Column("source", String(100), nullable=False),
    Column("score", Float, nullable=False),
    Column("flagged", Boolean, nullable=False),
    Column("decided_before", Boolean, nullable=False),
    Column("drawn", Boolean, nullable=False, index=True),
)

model = Table(
    "model",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", String(64), nullable=False),
    Column("trained_at", Moment, nullable=False),
    Column("newest_decision_at", Moment, nullable=False),
    Column("examples", Integer, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

model_use = Table(
    "model_use",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", ForeignKey("model.id")),
    Column("reviewer_id", ForeignKey("reviewer.id")),
    Column("since", Moment, nullable=False),
)

words_edition = Table(
    "words_edition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("reviewer_id", ForeignKey("reviewer.id")),
    Column("saved_at", Moment, nullable=False),
)
