"""Addresses that must not be mailed, kept as hashes so that the list can outlive its readers."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from digest import address
from digest.bounce_tables import Suppression, suppression

WEIGHT = {reason: weight for weight, reason in enumerate(Suppression)}


def suppress(connection: Connection, email: str, reason: Suppression, now: datetime) -> bool:
    """Keep an address from being mailed; False when it was so already for this or a weightier reason.

    Raises ValueError when it is no address.
    """
    key = address_hash(email)
    known = reason_of(connection, email)
    if known is None:
        connection.execute(insert(suppression).values(address_hash=key, reason=reason, since=now))
        return True
    if WEIGHT[known] >= WEIGHT[reason]:
        return False
    connection.execute(update(suppression).where(suppression.c.address_hash == key).values(reason=reason, since=now))
    return True


def reason_of(connection: Connection, email: str) -> Suppression | None:
    """Why an address must not be mailed; None when it may."""
    row = connection.execute(
        select(suppression.c.reason).where(suppression.c.address_hash == address_hash(email))
    ).first()
    return row.reason if row else None


def since(connection: Connection, email: str) -> datetime | None:
    """From when on an address is not mailed (aware UTC); None when it may be."""
    row = connection.execute(
        select(suppression.c.since).where(suppression.c.address_hash == address_hash(email))
    ).first()
    return row.since if row else None


def lift(connection: Connection, email: str) -> bool:
    """Let an address be mailed again; False when nothing was against it."""
    gone = connection.execute(delete(suppression).where(suppression.c.address_hash == address_hash(email)))
    return gone.rowcount == 1


def address_hash(email: str) -> str:
    """The hash under which an address is kept, the same for each of its spellings (SHA-256, hexadecimal)."""
    return hashlib.sha256(f"suppression {address.normalised(email)}".encode()).hexdigest()
