"""What people put otherwise than the radar found it, kept beside an item, with every change in the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from monitor.amendment import NOTHING, Amendment
from monitor.colleague_tables import amendment
from monitor.store import record


def keep(engine: Engine, item_id: int, reviewer_id: int, new: Amendment, now: datetime) -> bool:
    """Keep an amendment in place of the one before; returns False when nothing changed."""
    with engine.begin() as connection:
        return _keep(connection, item_id, reviewer_id, new, now)


def undo(engine: Engine, item_id: int, reviewer_id: int, now: datetime) -> bool:
    """Bring back what held before the latest amendment; returns False when there was none."""
    with engine.begin() as connection:
        latest = record.last(connection, "amend", f"item/{item_id}")
        if latest is None:
            return False
        return _keep(connection, item_id, reviewer_id, Amendment.model_validate(latest.before), now)


def _keep(connection: Connection, item_id: int, reviewer_id: int, new: Amendment, now: datetime) -> bool:
    content = connection.scalar(select(amendment.c.content).where(amendment.c.item_id == item_id))
    before = Amendment.model_validate(content or {})
    if before == new:
        return False
    connection.execute(delete(amendment).where(amendment.c.item_id == item_id))
    if new != NOTHING:
        values = {"content": _told(new), "reviewer_id": reviewer_id, "written_at": now}
        connection.execute(insert(amendment).values(item_id=item_id, **values))
    change = {"before": _told(before), "after": _told(new)}
    record.note(connection, reviewer_id, "amend", f"item/{item_id}", now, **change)
    return True


def _told(one: Amendment) -> dict[str, Any]:
    return one.model_dump(mode="json", exclude_defaults=True)
