"""Links that open the desk once: from a mail (to sign in, or a first time), and the second step with a code."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Engine, delete, func, insert, select, update

from monitor.tables import sign_in_link


class Purpose(StrEnum):
    """What a link is for; one made for one purpose opens nothing else."""

    MAIL = "mail"
    INVITATION = "invitation"
    CODE = "code"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def keep(engine: Engine, reviewer_id: int, token: str, purpose: Purpose, now: datetime, expires_at: datetime) -> None:
    """Remember a link under the hash of its token; those that expired are cleared away."""
    with engine.begin() as connection:
        connection.execute(delete(sign_in_link).where(sign_in_link.c.expires_at <= now))
        connection.execute(
            insert(sign_in_link).values(
                token_hash=_hash(token),
                reviewer_id=reviewer_id,
                purpose=purpose,
                created_at=now,
                expires_at=expires_at,
            )
        )


def holder(engine: Engine, token: str, purposes: tuple[Purpose, ...], now: datetime) -> int | None:
    """Whose link this is, if it is for one of these purposes, was not used and has not expired; uses nothing up."""
    with engine.connect() as connection:
        return connection.scalar(select(sign_in_link.c.reviewer_id).where(*_open(token, purposes, now)))


def use(engine: Engine, token: str, purposes: tuple[Purpose, ...], now: datetime) -> int | None:
    """Use a link up and tell whose it was; None when somebody was first, or it never was good."""
    with engine.begin() as connection:
        wanted = _open(token, purposes, now)
        row = connection.execute(update(sign_in_link).where(*wanted).values(used_at=now))
        if row.rowcount != 1:
            return None
        return connection.scalar(select(sign_in_link.c.reviewer_id).where(sign_in_link.c.token_hash == _hash(token)))


def made_since(engine: Engine, reviewer_id: int, purpose: Purpose, since: datetime) -> int:
    """How many links of a purpose somebody was given since a moment."""
    wanted = select(func.count()).where(
        sign_in_link.c.reviewer_id == reviewer_id,
        sign_in_link.c.purpose == purpose,
        sign_in_link.c.created_at > since,
    )
    with engine.connect() as connection:
        return int(connection.scalar(wanted) or 0)


def _open(token: str, purposes: tuple[Purpose, ...], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        sign_in_link.c.token_hash == _hash(token),
        sign_in_link.c.purpose.in_(purposes),
        sign_in_link.c.used_at.is_(None),
        sign_in_link.c.expires_at > now,
    )
