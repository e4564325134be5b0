"""Texts of others are kept for judging only, and not for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, delete, select, update

from monitor.story_tables import telling
from monitor.tables import item, item_version


def forget_texts(engine: Engine, before: datetime) -> int:
    """Empty the kept text of items first seen before a moment; returns how many there were.

    Title, address, judgement and fingerprint stay, so that the item is still known and an edit is still noticed.
    """
    old = select(item.c.id).where(item.c.first_seen_at < before, item.c.text != "")
    with engine.begin() as connection:
        ids = list(connection.scalars(old))
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            connection.execute(update(item).where(item.c.id.in_(part)).values(text="", intro=""))
            forgotten = update(item_version).where(item_version.c.item_id.in_(part))
            connection.execute(forgotten.values(text="", intro=""))
        connection.execute(delete(telling).where(telling.c.day < before.date()))
    return len(ids)
