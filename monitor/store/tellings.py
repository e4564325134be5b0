"""How the stories of the last weeks were told: kept as footprints beside the items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update

from monitor.footprint import Footprint
from monitor.store import record
from monitor.store.database import reading
from monitor.store.rows import add_rows
from monitor.stories import WINDOW, Stories, Telling
from monitor.story_tables import telling
from monitor.tables import item, verdict

MOST_TELLINGS = 5000


TELLINGS = select(
    item.c.id, func.coalesce(item.c.told_as, item.c.id), item.c.source, telling.c.day, telling.c.footprint
).join(telling, telling.c.item_id == item.c.id)
SINCE = (
    TELLINGS.where(telling.c.item_id > bindparam("latest"), telling.c.day >= bindparam("since"))
    .order_by(telling.c.item_id.desc())
    .limit(MOST_TELLINGS)
)


def catch_up(database: Engine | Connection, told: Stories, today: date) -> Stories:
    """Take into `told` what was stored since its latest item: of the last five weeks, the newest 5000 at most."""
    with reading(database) as connection:
        for row in connection.execute(SINCE, {"latest": told.latest, "since": today - WINDOW}):
            told.add(_telling(*row))
    return told


def _telling(item_id: int, story: int, source: str, day: date, content: bytes) -> Telling:
    return Telling(item_id, story, source, day, Footprint(content))


def of(engine: Engine, ids: Sequence[int]) -> dict[int, Telling]:
    """How these items tell their stories; not those that people set apart, nor those of which nothing is kept."""
    wanted = TELLINGS.where(item.c.id.in_(ids), telling.c.apart.is_(False))
    with engine.connect() as connection:
        return {row.id: _telling(*row) for row in connection.execute(wanted)}


def add(connection: Connection, new: Sequence[tuple[int, Footprint, date]]) -> None:
    """Keep how items tell their stories of which nothing was kept before."""
    add_rows(connection, telling, [{"item_id": to, "day": day, "footprint": one.content} for to, one, day in new])


def keep(connection: Connection, item_id: int, footprint: Footprint, day: date) -> None:
    """Keep how an item tells its story, in place of how it did before."""
    values = {"day": day, "footprint": footprint.content}
    if connection.execute(update(telling).where(telling.c.item_id == item_id).values(**values)).rowcount == 0:
        connection.execute(insert(telling).values(item_id=item_id, **values))


def join(connection: Connection, item_id: int, told_as: int | None, takes_over: tuple[int, ...]) -> None:
    """Put an item in its story: behind `told_as`, or before the items of `takes_over`.

    What somebody decided on stays in front, so that it is neither hidden nor asked for twice.
    """
    fronts = list(dict.fromkeys(_front(connection, one) for one in ((told_as,) if told_as else ()) + takes_over))
    fronts = [one for one in fronts if one != item_id]
    if not fronts:
        return
    decided = set(connection.scalars(select(verdict.c.item_id).where(verdict.c.item_id.in_([*fronts, item_id]))))
    first = next((one for one in fronts if one in decided), fronts[0] if told_as else item_id)
    if item_id in decided:
        first = item_id
    for other in {*fronts, item_id} - {first} - decided:
        connection.execute(update(item).where(item.c.told_as == other).values(told_as=first))
        connection.execute(update(item).where(item.c.id == other).values(told_as=first))


def split(engine: Engine, item_id: int, reviewer_id: int, now: datetime) -> bool:
    """Take an item out of its story, for good; returns False when it stood on its own."""
    with engine.begin() as connection:
        front = connection.scalar(select(item.c.told_as).where(item.c.id == item_id))
        if front is None:
            return False
        connection.execute(update(item).where(item.c.id == item_id).values(told_as=None))
        connection.execute(update(telling).where(telling.c.item_id == item_id).values(apart=True))
        record.note(connection, reviewer_id, "split", f"item/{item_id}", now, before={"story": front})
        return True


def rejoin(engine: Engine, item_id: int, reviewer_id: int, now: datetime) -> bool:
    """Put an item back into the story it was taken out of; False when it is in one again, or was decided on since."""
    subject = f"item/{item_id}"
    with engine.begin() as connection:
        alone = select(item.c.id).where(item.c.id == item_id, item.c.told_as.is_(None))
        taken_out = record.last(connection, "split", subject)
        decided = connection.scalar(select(verdict.c.item_id).where(verdict.c.item_id == item_id))
        if taken_out is None or decided or not connection.scalar(alone):
            return False
        front = _front(connection, int(taken_out.before["story"]))
        if front == item_id:
            return False
        behind = (item.c.id == item_id) | (item.c.told_as == item_id)
        connection.execute(update(item).where(behind).values(told_as=front))
        connection.execute(update(telling).where(telling.c.item_id == item_id).values(apart=False))
        record.note(connection, reviewer_id, "rejoin", subject, now, after={"story": front})
        return True


def _front(connection: Connection, item_id: int) -> int:
    return int(
        connection.scalar(select(func.coalesce(item.c.told_as, item.c.id)).where(item.c.id == item_id)) or item_id
    )
