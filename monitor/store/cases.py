"""Stored items as cases: what people decided on, and what still waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, func, or_, select

from monitor.case import Case
from monitor.judgement import Judgement
from monitor.learning_tables import tally
from monitor.store.reviews import ACCEPTED
from monitor.tables import item, judgement, verdict

CONTENT = ("source", "title", "intro", "text", "label", "published")


def decided(engine: Engine, limit: int) -> list[Case]:
    """The items on which people decided last, the latest first."""
    return _cases(engine, _all().where(verdict.c.item_id.is_not(None)).order_by(verdict.c.decided_at.desc()), limit)


def count_decided(engine: Engine, since: datetime | None) -> int:
    """On how many items people decided after a moment, or ever."""
    wanted = select(func.count()).select_from(verdict)
    with engine.connect() as connection:
        return int(connection.scalar(wanted.where(verdict.c.decided_at > since) if since else wanted) or 0)


def waiting(engine: Engine, since: datetime, limit: int) -> list[Case]:
    """News first seen since a moment on which nobody decided, the latest first."""
    return _cases(engine, _waiting(since).order_by(item.c.id.desc()), limit)


def outdated(engine: Engine, words_version: str, model_version: str, since: datetime, limit: int) -> list[Case]:
    """Waiting news judged with other words or another model, flagged or not; the sample stays what it was drawn as."""
    wanted = (
        _waiting(since)
        .outerjoin(tally, tally.c.item_id == item.c.id)
        .where(or_(tally.c.drawn.is_(None), tally.c.drawn.is_(False)))
        .where(or_(judgement.c.words_version != words_version, judgement.c.model_version != model_version))
    )
    return _cases(engine, wanted.order_by(item.c.id), limit)


def not_judged(engine: Engine, limit: int) -> list[Case]:
    """Items that were there before us and that nobody judged yet, the latest first."""
    there_before = (judgement.c.words_version == "", item.c.arrival != "news", verdict.c.item_id.is_(None))
    return _cases(engine, _all().where(*there_before).order_by(item.c.id.desc()), limit)


def _waiting(since: datetime) -> Select[Any]:
    return _all().where(
        verdict.c.item_id.is_(None),
        item.c.arrival == "news",
        item.c.told_as.is_(None),
        item.c.first_seen_at >= since,
    )


def _all() -> Select[Any]:
    columns = (item.c.id, *(item.c[name] for name in CONTENT), judgement.c.content)
    return (
        select(*columns, verdict.c.decision, verdict.c.decided_at)
        .join(judgement, judgement.c.item_id == item.c.id)
        .outerjoin(verdict, verdict.c.item_id == item.c.id)
    )


def _cases(engine: Engine, wanted: Select[Any], limit: int) -> list[Case]:
    with engine.connect() as connection:
        rows: Sequence[Row[Any]] = connection.execute(wanted.limit(limit)).all()
    return [
        Case(
            item_id=row.id,
            **{name: getattr(row, name) for name in CONTENT},
            judgement=Judgement.model_validate(row.content),
            accepted=row.decision == ACCEPTED if row.decision else None,
            decided_at=row.decided_at,
        )
        for row in rows
    ]
