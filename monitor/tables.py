"""The tables in which monitor remembers sources, items, judgements, reviews and reviewers."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from digest.tables import Moment, choice, metadata
from monitor.role import Role

# The indexes on these hold no other rows on either database, as the migrations made them. Saying so for PostgreSQL here
# would import all that SQLAlchemy knows of it.
UNREAD = text("read_at IS NULL AND arrival = 'news'")
NOT_JUDGED = text("words_version = ''")

item = Table(
    "item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(100), nullable=False),
    Column("address", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("intro", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("documents", JSON, nullable=False),
    Column("published", Date),
    Column("published_precision", String(10), nullable=False),
    Column("published_origin", String(10), nullable=False),
    Column("modified", String(40), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("title_key", String(16), nullable=False, server_default=""),
    Column("version", Integer, nullable=False),
    Column("arrival", String(10), nullable=False),
    Column("told_as", ForeignKey("item.id")),
    Column("first_seen_at", Moment, nullable=False),
    Column("read_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("failure", Text, nullable=False),
    Index("ix_item_source_first_seen_at", "source", "first_seen_at"),
    Index("ix_item_first_seen_at", "first_seen_at"),
    Index("ix_item_told_as", "told_as"),
    Index("ix_item_source_title_key", "source", "title_key"),
    Index("ix_item_unread", "source", sqlite_where=UNREAD),
)

item_alias = Table(
    "item_alias",
    metadata,
    Column("key", Text, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False, index=True),
)

item_listing = Table(
    "item_listing",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("item_id", ForeignKey("item.id"), primary_key=True),
)

item_version = Table(
    "item_version",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("intro", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("seen_at", Moment, nullable=False),
)

judgement = Table(
    "judgement",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("relevant", String(10), nullable=False),
    Column("score", Float, nullable=False),
    Column("flagged", Boolean, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("content", JSON, nullable=False),
    Column("words_version", String(64), nullable=False),
    Column("model_version", String(64), nullable=False, server_default=""),
    Column("judged_at", Moment, nullable=False),
    Index("ix_judgement_flagged_score", "flagged", "score", "item_id"),
    Index("ix_judgement_not_judged", "item_id", sqlite_where=NOT_JUDGED),
)

reviewer = Table(
    "reviewer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", choice(Role), nullable=False),
    Column("code_secret", String(64), nullable=False, server_default=""),
    Column("code_step", Integer, nullable=False, server_default="0"),
    Column("account", Text, nullable=False, server_default=""),
    Column("language", String(2), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("left_at", Moment),
    UniqueConstraint("email"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("reviewer_id", ForeignKey("reviewer.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("reviewer_id", ForeignKey("reviewer.id"), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False, index=True),
    Column("at", Moment, nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("decision", String(10), nullable=False),
    Column("reviewer_id", ForeignKey("reviewer.id"), nullable=False),
    Column("decided_at", Moment, nullable=False),
    Index("ix_verdict_decision_decided_at", "decision", "decided_at", "item_id"),
)

remark = Table(
    "remark",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("summary", Text, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("reviewer_id", ForeignKey("reviewer.id"), nullable=False),
    Column("written_at", Moment, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("reviewer_id", ForeignKey("reviewer.id")),
    Column("action", String(30), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Index("ix_record_subject_id", "subject", "id"),
)

notice = Table(
    "notice",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("text", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("ended_at", Moment),
)

colleague_mail = Table(
    "colleague_mail",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("email", String(254), primary_key=True),
    Column("begun_at", Moment, nullable=False),
    Column("sent_at", Moment),
)
