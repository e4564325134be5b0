"""What a list of the desk needs to know of its items to show them as they are; read anew for each page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, String, bindparam, func, select, type_coerce
from sqlalchemy.types import NullType

from monitor.colleague_tables import amendment, claim, comment
from monitor.store.database import Snapshot, reading
from monitor.store.queue import ALL, FIRST, FOLLOWING, TO_JUDGE, Position, Wanted, page, to_judge
from monitor.store.reviews import ELSEWHERE
from monitor.store.talk import Claim
from monitor.tables import item, judgement, remark, reviewer, verdict

# Built once: putting a statement together takes longer than a database needs to answer it.
SAID = (
    select(func.count())
    .where(comment.c.item_id == item.c.id, comment.c.withdrawn_at.is_(None))
    .correlate(item)
    .scalar_subquery()
)
ITEMS = (
    select(item.c.id, judgement.c.score, SAID.label("said"))
    .add_columns(claim.c.reviewer_id.label("claimed_by"), reviewer.c.name.label("claimed_name"), claim.c.until)
    # Only compared, so they stay as the database gives them.
    .add_columns(*(type_coerce(column, NullType) for column in (judgement.c.judged_at, item.c.read_at)))
    .add_columns(type_coerce(verdict.c.decided_at, NullType), amendment.c.content.cast(String))
    .add_columns(judgement.c.words_version, judgement.c.model_version, item.c.version, item.c.address, item.c.title)
    .add_columns(verdict.c.decision, verdict.c.reviewer_id, remark.c.summary, remark.c.why, ELSEWHERE)
    .join(judgement, judgement.c.item_id == item.c.id)
    .outerjoin(verdict, verdict.c.item_id == item.c.id)
    .outerjoin(remark, remark.c.item_id == item.c.id)
    .outerjoin(amendment, amendment.c.item_id == item.c.id)
    .outerjoin(claim, (claim.c.item_id == item.c.id) & (claim.c.until > bindparam("now", type_=claim.c.until.type)))
    .outerjoin(reviewer, reviewer.c.id == claim.c.reviewer_id)
)
LISTED = ITEMS.where(item.c.id.in_(bindparam("ids", expanding=True)))


def _of(page: Select[int]) -> Select[Any]:
    ids = page.subquery()
    return ITEMS.join(ids, ids.c.item_id == item.c.id).add_columns(Snapshot().label("snapshot"))


WAITING = _of(FIRST)
WAITING_AFTER = _of(FOLLOWING)
TOP = WAITING.add_columns(TO_JUDGE.scalar_subquery().label("to_judge"))


class Listed(NamedTuple):
    """An item as it is now; two that are equal are shown the same.

    The last fields are only there to be compared: each changes with something that a list shows of the item.
    """

    id: int
    score: float
    said: int
    claimed_by: int | None
    claimed_name: str | None
    claimed_until: datetime | None
    judged_at: Any
    read_at: Any
    decided_at: Any
    amendment: str | None
    words_version: str
    model_version: str
    version: int
    address: str
    title: str
    decision: str | None
    decided_by: int | None
    summary: str | None
    why: str | None
    elsewhere: str | None

    @property
    def claim(self) -> Claim | None:
        """Who looks at it, until when."""
        if self.claimed_by is None or self.claimed_name is None or self.claimed_until is None:
            return None
        return Claim(self.claimed_by, self.claimed_name, self.claimed_until)


SHOWN = len(Listed._fields)


class Queued(NamedTuple):
    """A page of a list, in its order, with how many there are to judge where that was asked.

    `snapshot` is what the database showed (see `monitor.store.database.Snapshot`), "" when that is not known.
    """

    known: dict[int, Listed]
    to_judge: int | None = None
    snapshot: str = ""

    def at(self, now: datetime) -> Queued:
        """What the same rows say at a later moment: nobody looks at an item any more whose time is over."""
        over = [one for one in self.known.values() if one.claimed_until and one.claimed_until <= now]
        free = {one.id: one._replace(claimed_by=None, claimed_name=None, claimed_until=None) for one in over}
        return self._replace(known=self.known | free) if free else self


def listed(database: Engine | Connection, ids: Sequence[int], now: datetime) -> dict[int, Listed]:
    """What a list shows of these items, by id; one that is gone is left out."""
    if not ids:
        return {}
    with reading(database) as connection:
        rows = connection.execute(LISTED, {"ids": ids, "now": now}).all()
        return {row[0]: Listed._make(row) for row in rows}


def waiting(
    database: Engine | Connection,
    now: datetime,
    *,
    flagged: bool,
    wanted: Wanted = ALL,
    after: Position | None = None,
    limit: int = 20,
) -> Queued:
    """What a list shows of a page of the items without a verdict (see `monitor.store.queue.page`), in its order."""
    with reading(database) as connection:
        if wanted != ALL:
            ids = page(connection, flagged=flagged, wanted=wanted, after=after, limit=limit)
            known = listed(connection, ids, now)
            return Queued({one: known[one] for one in ids if one in known})
        asked: dict[str, Any] = {"flagged": flagged, "most": limit, "now": now}
        if after:
            asked |= {"score": after.score, "last": after.item_id}
        rows = connection.execute(WAITING_AFTER if after else WAITING, asked).all()
    return Queued(_in_order(rows), snapshot=rows[0].snapshot if rows else "")


def top(database: Engine | Connection, now: datetime, *, limit: int, most_counted: int) -> Queued:
    """The first page of the flagged items without a verdict, and how many there are to judge, in one statement.

    They are counted up to `most_counted`, with what waits of the samples (see `monitor.store.queue.to_judge`).
    """
    asked = {"flagged": True, "most": limit, "now": now, "most_counted": most_counted}
    with reading(database) as connection:
        rows = connection.execute(TOP, asked).all()
        if not rows:
            return Queued({}, to_judge(connection, most=most_counted))
    return Queued(_in_order(rows), rows[0].to_judge, rows[0].snapshot)


def _in_order(rows: Sequence[Any]) -> dict[int, Listed]:
    found = sorted((Listed._make(row[:SHOWN]) for row in rows), key=lambda one: (one.score, one.id), reverse=True)
    return {one.id: one for one in found}
