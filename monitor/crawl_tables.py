"""The tables in which monitor remembers how each source fares, its runs, what may have been missed, and robots.txt."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text

from digest.tables import Moment, metadata

source_state = Table(
    "source_state",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("due_at", Moment, nullable=False, index=True),
    Column("schedule", String(100), nullable=False, server_default=""),
    Column("checked_at", Moment),
    Column("yielded_at", Moment),
    Column("baseline_at", Moment),
    Column("reconciled_at", Moment),
    Column("news_at", Moment),
    Column("reason", String(40), nullable=False, server_default=""),
    Column("detail", Text, nullable=False, server_default=""),
    Column("since", Moment),
    Column("told", String(40), nullable=False, server_default=""),
    Column("readings", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("rests_until", Moment),
    Column("endpoints", JSON, nullable=False, server_default="{}"),
)

source_run = Table(
    "source_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(100), nullable=False),
    Column("finished_at", Moment, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("caught_up", Integer, nullable=False, server_default="0"),
    Column("changed", Integer, nullable=False),
    Column("flagged", Integer, nullable=False),
    Column("left_over", Integer, nullable=False),
    Column("endpoints", JSON, nullable=False),
    Column("asked", JSON, nullable=False, server_default="[]"),
    Index("ix_source_run_source_finished_at", "source", "finished_at"),
    Index("ix_source_run_finished_at", "finished_at"),
)

gap = Table(
    "gap",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(100), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", String(20), nullable=False, server_default=""),
)

robots_file = Table(
    "robots_file",
    metadata,
    Column("origin", String(300), primary_key=True),
    Column("text", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
