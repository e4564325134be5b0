"""The tables of how editors put the letters together, and who approved them."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text

from digest.edition import Audience
from digest.tables import Moment, choice, metadata

arrangement = Table(
    "arrangement",
    metadata,
    Column("audience", choice(Audience), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("intro", Text, nullable=False),
    Column("choices", JSON, nullable=False),  # references: order, taken_in, left_out; placed: reference → part
    Column("planned_at", Moment),
    Column("held", Boolean, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

approval = Table(
    "approval",
    metadata,
    Column("audience", choice(Audience), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("reviewer_id", ForeignKey("reviewer.id"), primary_key=True),
    Column("wording", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

link_check = Table(
    "link_check",
    metadata,
    Column("address", Text, primary_key=True),
    Column("status", Integer, nullable=False),  # HTTP status, 0 without an answer
    Column("reason", String(40), nullable=False),
    Column("checked_at", Moment, nullable=False, index=True),
)
