"""Which mails to colleagues went out, so that each goes once, also when the service stops half-way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, delete, insert, select, update

from monitor.tables import colleague_mail


def begin(engine: Engine, name: str, email: str, now: datetime) -> bool:
    """Note that a mail is on its way; returns False when it went out before.

    A mail that was begun and never ended is begun again: its Message-ID is the same, so a second copy shows as one.
    """
    mine = (colleague_mail.c.name == name, colleague_mail.c.email == email)
    with engine.begin() as connection:
        row = connection.execute(select(colleague_mail.c.sent_at).where(*mine)).one_or_none()
        if row is None:
            connection.execute(insert(colleague_mail).values(name=name, email=email, begun_at=now))
        return row is None or row.sent_at is None


def end(engine: Engine, name: str, email: str, now: datetime) -> None:
    """Note that a mail was taken, or refused for good."""
    mine = (colleague_mail.c.name == name, colleague_mail.c.email == email)
    with engine.begin() as connection:
        connection.execute(update(colleague_mail).where(*mine).values(sent_at=now))


def forget(engine: Engine, before: datetime) -> None:
    """Let go of what was begun long ago."""
    with engine.begin() as connection:
        connection.execute(delete(colleague_mail).where(colleague_mail.c.begun_at < before))
