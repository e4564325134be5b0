"""Closed weeks: what the radar said of each item of a week, and which set-aside ones were drawn to be looked at."""

from __future__ import annotations

import random
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, Select, and_, case, func, insert, or_, select

from monitor.calibration import Outcome
from monitor.learning_tables import closed_week, foretold, tally
from monitor.measure import ClosedWeek, SourceWeek
from monitor.store.reviews import ACCEPTED
from monitor.tables import item, judgement, verdict


def close(engine: Engine, week: str, start: datetime, end: datetime, draw: int, now: datetime) -> bool:
    """Write down what the radar says of the news first seen from `start` until `end`, and draw the week's sample.

    What somebody decided on counts as the radar saw it before the first decision.

    The sample is simple random among what was set aside and nobody decided on, `draw` items at most; the week is its
    seed. Returns False when the week was closed before.
    """
    score = func.coalesce(foretold.c.score, judgement.c.score).label("score")
    flagged = func.coalesce(foretold.c.flagged, judgement.c.flagged).label("flagged")
    wanted = (
        select(item.c.id, item.c.source, score, flagged, verdict.c.decision)
        .join(judgement, judgement.c.item_id == item.c.id)
        .outerjoin(foretold, foretold.c.item_id == item.c.id)
        .outerjoin(verdict, verdict.c.item_id == item.c.id)
        .outerjoin(tally, tally.c.item_id == item.c.id)
        .where(item.c.first_seen_at >= start, item.c.first_seen_at < end)
        .where(item.c.arrival == "news", item.c.told_as.is_(None), tally.c.item_id.is_(None))
        .order_by(item.c.id)
    )
    with engine.begin() as connection:
        if connection.execute(select(closed_week).where(closed_week.c.week == week)).first():
            return False
        connection.execute(insert(closed_week).values(week=week, closed_at=now))
        rows = connection.execute(wanted).all()
        waiting = [row.id for row in rows if not row.flagged and not row.decision]
        # Anybody may know the seed: nobody gains by guessing which items are looked at.
        drawn = set(random.Random(week).sample(waiting, min(draw, len(waiting))))  # noqa: S311
        if rows:
            connection.execute(
                insert(tally),
                [
                    {
                        "item_id": row.id,
                        "week": week,
                        "source": row.source,
                        "score": row.score,
                        "flagged": row.flagged,
                        "decided_before": bool(row.decision),
                        "drawn": row.id in drawn,
                    }
                    for row in rows
                ],
            )
    return True


def closed(engine: Engine) -> set[str]:
    """The weeks that were closed, such as "2026-W47"."""
    with engine.connect() as connection:
        return set(connection.scalars(select(closed_week.c.week)))


def weeks(engine: Engine, last: int) -> list[ClosedWeek]:
    """The latest closed weeks with what people decided since, the oldest first."""
    decided, accepted = verdict.c.decision.is_not(None), verdict.c.decision == ACCEPTED
    flagged, drawn = tally.c.flagged, tally.c.drawn
    open_aside = and_(flagged.is_(False), tally.c.decided_before.is_(False))
    columns = {
        "flagged": flagged,
        "flagged_decided": and_(flagged, decided),
        "flagged_accepted": and_(flagged, accepted),
        "found": and_(flagged.is_(False), tally.c.decided_before, accepted),
        "set_aside": open_aside,
        "drawn": drawn,
        "drawn_decided": and_(drawn, decided),
        "drawn_accepted": and_(drawn, accepted),
    }
    wanted = (
        select(closed_week.c.week, *(_count(when).label(name) for name, when in columns.items()))
        .outerjoin(tally, tally.c.week == closed_week.c.week)
        .outerjoin(verdict, verdict.c.item_id == tally.c.item_id)
        .group_by(closed_week.c.week)
        .order_by(closed_week.c.week.desc())
        .limit(last)
    )
    with engine.connect() as connection:
        return [ClosedWeek(**row) for row in reversed(connection.execute(wanted).mappings().all())]


def source_weeks(engine: Engine, last: int) -> list[SourceWeek]:
    """What the radar made of each source in each of the latest closed weeks."""
    wanted = (
        select(
            tally.c.source,
            tally.c.week,
            func.count().label("items"),
            _count(tally.c.flagged).label("flagged"),
            func.sum(tally.c.score).label("score"),
        )
        .where(tally.c.week.in_(_latest(last)))
        .group_by(tally.c.source, tally.c.week)
    )
    with engine.connect() as connection:
        return [SourceWeek(**row) for row in connection.execute(wanted).mappings()]


def outcomes(engine: Engine, last: int) -> list[Outcome]:
    """The items of the latest weeks on which somebody decided, each with the number of items it stands for.

    What was flagged, and what people decided on unasked, stands for itself; an item of a sample stands for as many as
    were set aside per item looked at. What was decided on later, outside the sample, is among those.
    """
    weights = {week.week: week.set_aside / week.drawn_decided for week in weeks(engine, last) if week.drawn_decided}
    wanted = (
        select(tally.c.week, tally.c.score, tally.c.drawn, verdict.c.decision)
        .join(verdict, verdict.c.item_id == tally.c.item_id)
        .where(tally.c.week.in_(_latest(last)), or_(tally.c.flagged, tally.c.drawn, tally.c.decided_before))
        .order_by(tally.c.item_id)
    )
    with engine.connect() as connection:
        rows = connection.execute(wanted).all()
    return [Outcome(row.score, row.decision == ACCEPTED, weights[row.week] if row.drawn else 1.0) for row in rows]


def _latest(last: int) -> Select[tuple[str]]:
    return select(closed_week.c.week).order_by(closed_week.c.week.desc()).limit(last)


def _count(when: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((when, 1), else_=0)), 0)
