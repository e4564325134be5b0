"""What came in and what people decided in a stretch of time; bounded by that stretch, however much is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, and_, case, exists, func, select

from monitor.crawl_tables import source_run
from monitor.learning_tables import foretold
from monitor.queue_tables import waiting
from monitor.store.reviews import ACCEPTED, REJECTED
from monitor.tables import item, judgement, record, remark, verdict

BOTH = (ACCEPTED, REJECTED)  # named, so that the index on decision and moment serves


@dataclass(frozen=True, slots=True)
class CameIn:
    """The news of one source: how much, and how much of it was flagged."""

    news: int = 0
    flagged: int = 0


def came_in(engine: Engine, since: datetime, until: datetime) -> Mapping[str, CameIn]:
    """What was first seen from `since` until (without) `until`, by source.

    It either still waits or was decided on since. What somebody decided on counts as the radar saw it before that.
    """
    seen = and_(waiting.c.first_seen_at >= since, waiting.c.first_seen_at < until)
    flagged = func.sum(case((waiting.c.flagged, 1), else_=0))
    open_ones = select(waiting.c.source, func.count(), flagged).where(seen).group_by(waiting.c.source)
    was_flagged = func.sum(case((func.coalesce(foretold.c.flagged, judgement.c.flagged), 1), else_=0))
    decided = (
        select(item.c.source, func.count(), was_flagged)
        .join(verdict, verdict.c.item_id == item.c.id)
        .join(judgement, judgement.c.item_id == item.c.id)
        .outerjoin(foretold, foretold.c.item_id == item.c.id)
        .where(verdict.c.decision.in_(BOTH), verdict.c.decided_at >= since)
        .where(item.c.first_seen_at >= since, item.c.first_seen_at < until)
        .where(item.c.arrival == "news", item.c.told_as.is_(None))
        .group_by(item.c.source)
    )
    found: dict[str, CameIn] = {}
    with engine.connect() as connection:
        for source, news, flags in (*connection.execute(open_ones), *connection.execute(decided)):
            before = found.get(source, CameIn())
            found[source] = CameIn(before.news + news, before.flagged + flags)
    return found


def decisions(engine: Engine, since: datetime, until: datetime) -> Mapping[str, int]:
    """How many items were accepted and rejected from `since` until (without) `until`, by decision."""
    wanted = (
        select(verdict.c.decision, func.count().label("number"))
        .where(verdict.c.decision.in_(BOTH), verdict.c.decided_at >= since, verdict.c.decided_at < until)
        .group_by(verdict.c.decision)
    )
    with engine.connect() as connection:
        return {row.decision: row.number for row in connection.execute(wanted)}


def unwritten(engine: Engine, since: datetime) -> int:
    """How many items that were accepted since a moment have no text in our own words yet."""
    written = exists().where(remark.c.item_id == verdict.c.item_id, remark.c.summary != "")
    wanted = select(func.count()).where(verdict.c.decision == ACCEPTED, verdict.c.decided_at >= since, ~written)
    with engine.connect() as connection:
        return int(connection.scalar(wanted) or 0)


def mark(engine: Engine) -> tuple[int, int]:
    """By which one sees that somebody did something, or that a source was read: the latest line and the latest run."""
    latest = select(
        select(func.max(record.c.id)).scalar_subquery(), select(func.max(source_run.c.id)).scalar_subquery()
    )
    with engine.connect() as connection:
        done, read = connection.execute(latest).one()
    return done or 0, read or 0
