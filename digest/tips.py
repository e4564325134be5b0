"""Tips of readers: an address that the radar should know, for people to look at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select, update

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


def handle(connection: Connection, tip_id: int, now: datetime) -> bool:
    """Mark a tip as handled; False when it was already, or is not there."""
    still_open = (tip.c.id == tip_id, tip.c.handled_at.is_(None))
    return connection.execute(update(tip).where(*still_open).values(handled_at=now)).rowcount == 1


def put_back(connection: Connection, tip_id: int) -> bool:
    """Let a tip wait again that was handled; False when it waits, or is not there."""
    handled = (tip.c.id == tip_id, tip.c.handled_at.is_not(None))
    return connection.execute(update(tip).where(*handled).values(handled_at=None)).rowcount == 1
