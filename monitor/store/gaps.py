"""Gaps: stretches of time in which a source may have published something that nobody saw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select, update

from monitor.completeness import Gap
from monitor.crawl_tables import gap

PERSON, LISTING = "person", "listing"


def open_gaps(engine: Engine, source: str = "") -> list[Gap]:
    """The gaps that nobody has closed, of one source or of all, the oldest first."""
    wanted = select(gap).where(gap.c.closed_at.is_(None)).order_by(gap.c.id)
    if source:
        wanted = wanted.where(gap.c.source == source)
    with engine.connect() as connection:
        return [Gap(row.source, row.address, row.since, row.opened_at, row.id) for row in connection.execute(wanted)]


def save(connection: Connection, opened: Sequence[Gap]) -> None:
    """Keep new gaps."""
    for one in opened:
        values = {"source": one.source, "address": one.address, "since": one.since, "opened_at": one.opened_at}
        connection.execute(insert(gap).values(**values))


def close(connection: Connection, source: str, now: datetime, by: str) -> int:
    """Close every open gap of a source; `by` is "listing" or "person". Returns how many there were."""
    closed = update(gap).where(gap.c.source == source, gap.c.closed_at.is_(None))
    return connection.execute(closed.values(closed_at=now, closed_by=by)).rowcount


def reopen(connection: Connection, source: str) -> int:
    """Open the gaps of a source again that a person closed last. Returns how many there were."""
    by_hand = (gap.c.source == source, gap.c.closed_by == PERSON)
    last = select(func.max(gap.c.closed_at)).where(*by_hand).scalar_subquery()
    opened = update(gap).where(*by_hand, gap.c.closed_at == last).values(closed_at=None, closed_by="")
    return connection.execute(opened).rowcount
