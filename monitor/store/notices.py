"""Notices: things that people should know, told once when they begin and once when they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, insert, or_, select, update

from monitor.store.database import Database, reading
from monitor.tables import notice

COLUMNS = (notice.c.name.label("notice"), notice.c.text, notice.c.since)
UP = select(*COLUMNS).where(notice.c.ended_at.is_(None)).order_by(notice.c.since.desc())


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence in Dutch for the desk and the log; `ended_at` is None as long as it is up."""

    name: str
    text: str
    since: datetime
    ended_at: datetime | None = None


def begin(engine: Engine, name: str, text: str, now: datetime) -> bool:
    """Put up a notice; returns False when the same one was up already."""
    with engine.begin() as connection:
        row = connection.execute(select(notice).where(notice.c.name == name)).one_or_none()
        if row is not None and row.ended_at is None and row.text == text:
            return False
        connection.execute(delete(notice).where(notice.c.name == name))
        connection.execute(insert(notice).values(name=name, text=text, since=now))
        return True


def end(engine: Engine, name: str, now: datetime) -> bool:
    """Take a notice down; returns False when it was not up."""
    with engine.begin() as connection:
        ended = update(notice).where(notice.c.name == name, notice.c.ended_at.is_(None)).values(ended_at=now)
        return connection.execute(ended).rowcount > 0


def current(database: Database) -> list[Notice]:
    """The notices that are up, the newest first."""
    with reading(database) as connection:
        return [Notice(*row) for row in connection.execute(UP).all()]


def turned(engine: Engine, since: datetime) -> list[Notice]:
    """The notices that were put up or taken down since a moment, the oldest first."""
    rows = select(notice).where(or_(notice.c.since >= since, notice.c.ended_at >= since)).order_by(notice.c.since)
    with engine.connect() as connection:
        return [Notice(row.name, row.text, row.since, row.ended_at) for row in connection.execute(rows)]
