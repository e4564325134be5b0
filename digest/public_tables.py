"""The tables behind the pages for readers: what was published, what was asked and told there."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from digest.records import Purpose
from digest.tables import Moment, choice, metadata

published_item = Table(
    "published_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(200), nullable=False, unique=True),
    Column("content", JSON, nullable=False),
    Column("words", Text, nullable=False),  # what searching looks in: title, summary and source in small letters
    Column("kind", String(20), nullable=False),
    Column("rung", String(40), nullable=False),
    Column("region", Boolean, nullable=False),
    Column("event_day", Date, index=True),
    Column("published_at", Moment, nullable=False),
    Column("useful", Integer, nullable=False, server_default="0"),
    Index(None, "kind", "id"),
)

published_tag = Table(
    "published_tag",
    metadata,
    Column("item_id", ForeignKey("published_item.id"), primary_key=True),
    Column("sort", String(10), primary_key=True),
    Column("name", String(100), primary_key=True),
    Index(None, "sort", "name", "item_id"),
)

confirmation = Table(
    "confirmation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("purpose", choice(Purpose), nullable=False),
    Column("email", String(254), nullable=False),
    Column("preferences", JSON, nullable=False),  # what somebody who signs up chose
    Column("text_version", String(20), nullable=False),
    Column("asked_at", Moment, nullable=False, index=True),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Moment, index=True),  # None: mailed, or given up
    Column("mailed_at", Moment),
    Column("used_at", Moment),
    Index(None, "email", "asked_at"),
)

tip = Table(
    "tip",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("remark", Text, nullable=False),
    Column("told_at", Moment, nullable=False),
    Column("handled_at", Moment, index=True),
)
