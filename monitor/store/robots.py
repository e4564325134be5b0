"""The robots.txt files that were read, kept between runs for as long as they hold (RFC 9309, section 2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select

from crawlers.publication import RobotsRead
from crawlers.source import RobotsFile
from monitor.crawl_tables import robots_file

PER_QUERY = 500


def kept(engine: Engine, origins: Iterable[str], now: datetime) -> tuple[RobotsFile, ...]:
    """Those of these origins that still hold."""
    wanted, found = sorted(set(origins)), []
    with engine.connect() as connection:
        for start in range(0, len(wanted), PER_QUERY):
            part = robots_file.c.origin.in_(wanted[start : start + PER_QUERY])
            rows = connection.execute(select(robots_file).where(part, robots_file.c.expires_at > now))
            found += [RobotsFile(origin=row.origin, text=row.text) for row in rows]
    return tuple(found)


def keep(engine: Engine, read: Sequence[RobotsRead], now: datetime) -> None:
    """Keep what was read in place of what was kept, and let go of what no longer holds."""
    rows = {one.origin: one for one in read}
    with engine.begin() as connection:
        connection.execute(delete(robots_file).where(robots_file.c.expires_at <= now))
        names = sorted(rows)
        for start in range(0, len(names), PER_QUERY):
            part = names[start : start + PER_QUERY]
            connection.execute(delete(robots_file).where(robots_file.c.origin.in_(part)))
            values = [
                {"origin": name, "text": rows[name].text, "expires_at": datetime.fromtimestamp(rows[name].expires, UTC)}
                for name in part
            ]
            connection.execute(insert(robots_file), values)
