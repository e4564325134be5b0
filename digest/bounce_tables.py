"""The tables of what came back: bounces and complaints, and addresses that must not be mailed."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from digest.tables import Moment, choice, metadata


class Suppression(StrEnum):
    """Why an address gets no letter, the weightiest last.

    COMPLAINT: its owner called a letter spam; nothing but a person who lifts it by hand overrules that. BOUNCED: mail
    to it cannot arrive. ERASED and LEFT: its owner asked for that; an own new sign-up undoes it.
    """

    LEFT = "left"
    ERASED = "erased"
    BOUNCED = "bounced"
    COMPLAINT = "complaint"


class BounceKind(StrEnum):
    """What a mail server or mailbox provider told about a letter: not now, never, or its reader calls it spam."""

    SOFT = "soft"
    HARD = "hard"
    COMPLAINT = "complaint"


suppression = Table(
    "suppression",
    metadata,
    Column("address_hash", String(64), primary_key=True),
    Column("reason", choice(Suppression), nullable=False),
    Column("since", Moment, nullable=False),
)

bounce = Table(
    "bounce",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),  # of the report: read twice, it counts once
    Column("subscriber_id", ForeignKey("subscriber.id"), nullable=False, index=True),
    Column("delivery_id", ForeignKey("delivery.id"), index=True),
    Column("kind", choice(BounceKind), nullable=False),
    Column("status", String(20), nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
