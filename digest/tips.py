"""Tips of readers: an address that the radar should know, for people to look at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, func, insert, select, update

from digest.public_tables import tip
from digest.records import Tip

MOST_OPEN = 300


def tell(engine: Engine, address: str, remark: str, now: datetime) -> bool:
    """Keep a tip; an address that waits already is not kept twice. False when too many wait to take more."""
    with engine.begin() as connection:
        still_open = tip.c.handled_at.is_(None)
        if connection.execute(select(tip.c.id).where(still_open, tip.c.address == address)).first():
            return True
        if connection.execute(select(func.count()).where(still_open)).scalar_one() >= MOST_OPEN:
            return False
        connection.execute(insert(tip).values(address=address, remark=remark, told_at=now))
    return True


def waiting(engine: Engine) -> tuple[Tip, ...]:
    """The tips that nobody handled yet, the oldest first."""
    columns = [tip.c[name] for name in Tip.__dataclass_fields__]
    query = select(*columns).where(tip.c.handled_at.is_(None)).order_by(tip.c.id)
    with engine.connect() as connection:
        return tuple(Tip(**row) for row in connection.execute(query).mappings())


def handle(engine: Engine, tip_id: int, now: datetime) -> bool:
    """Mark a tip as handled; False when it was already, or is not there."""
    with engine.begin() as connection:
        handled = connection.execute(
            update(tip).where(tip.c.id == tip_id, tip.c.handled_at.is_(None)).values(handled_at=now)
        )
    return handled.rowcount == 1
