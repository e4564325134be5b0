"""What the addresses in the letters answered when they were asked last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select

from crawlers.links import LinkAnswer
from monitor.arrangement_tables import link_check


def keep(engine: Engine, answers: Sequence[LinkAnswer], now: datetime) -> None:
    """Keep what was answered now, in place of what was answered before."""
    if not answers:
        return
    rows = [
        {"address": one.link, "status": one.status, "reason": one.reason.value, "checked_at": now} for one in answers
    ]
    with engine.begin() as connection:
        connection.execute(delete(link_check).where(link_check.c.address.in_([one.link for one in answers])))
        connection.execute(insert(link_check), rows)


def of(engine: Engine, addresses: Sequence[str]) -> dict[str, tuple[LinkAnswer, datetime]]:
    """What these addresses answered last, and when."""
    wanted = select(link_check).where(link_check.c.address.in_(addresses))
    with engine.connect() as connection:
        return {
            row.address: (LinkAnswer(link=row.address, status=row.status, reason=row.reason), row.checked_at)
            for row in connection.execute(wanted)
        }


def forget(engine: Engine, before: datetime) -> None:
    """Let go of what was asked long ago."""
    with engine.begin() as connection:
        connection.execute(delete(link_check).where(link_check.c.checked_at < before))
