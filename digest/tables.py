"""The tables of the digest, the one `metadata` of the house, and its type for moments."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    false,
)
from sqlalchemy import Engine as Engine  # handed on to those who pass it along
from sqlalchemy.pool import StaticPool

from digest.edition import Audience
from digest.records import DeliveryState, EditionState, SubscriberState
from digest.wishes import Rhythm

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in time: aware datetimes in, aware UTC datetimes out; a naive one is refused.

    SQLite keeps it as UTC text of fixed width, so that it sorts as time does.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into what the database keeps; raises ValueError on a naive one."""
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(of: type[StrEnum]) -> Enum:
    """A column type for one of a fixed set of words, kept as its text without a database constraint."""
    return Enum(
        of,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


edition = Table(
    "edition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("audience", choice(Audience), nullable=False),
    Column("rhythm", choice(Rhythm), nullable=False, server_default=Rhythm.WEEK.value),
    Column("issue", String(8), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", choice(EditionState), nullable=False),
    Column("content", Text, nullable=False),  # canonical JSON as text: the hash is over these characters
    Column("content_hash", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("frozen_at", Moment),
    Column("released_at", Moment),  # when a person last let it go on
    Column("sent_at", Moment),
    UniqueConstraint("audience", "issue"),
)

edition_entry = Table(
    "edition_entry",
    metadata,
    Column("edition_id", ForeignKey("edition.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("reference", String(200), nullable=False, index=True),
)

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("audience", choice(Audience), nullable=False),
    Column("state", choice(SubscriberState), nullable=False),
    Column("consent", JSON, nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("preferences_token", String(64), nullable=False, unique=True),
    Column("rhythm", choice(Rhythm), nullable=False, server_default=Rhythm.WEEK.value),
    Column("wishes", JSON, nullable=False, server_default="{}"),
    Column("also_empty", Boolean, nullable=False, server_default=false()),
    Column("paused_until", Date),
    Column("created_at", Moment, nullable=False),
    Column("left_at", Moment),
    Index(None, "audience", "state"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("subscriber_id", ForeignKey("subscriber.id"), nullable=False, index=True),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("wishes", JSON, nullable=False, server_default="{}"),  # as they were when the edition was frozen
    Column("state", choice(DeliveryState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("doubts", Integer, nullable=False, server_default="0"),  # how often nobody knew whether it arrived
    Column("next_try_at", Moment),
    Column("response", Text, nullable=False),
    Column("sending_at", Moment),
    Column("sent_at", Moment),
    UniqueConstraint("edition_id", "subscriber_id"),
    Index(None, "edition_id", "state", "id"),
)

pace = Table(
    "pace",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("free_at", Moment, nullable=False),
)

sender_lease = Table(
    "sender_lease",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
)


def open_trial() -> Engine:
    """A database in memory with all tables, to try the room alone."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    metadata.create_all(engine)
    return engine
