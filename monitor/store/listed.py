"""What a list of the desk needs to know of its items to show them as they are; read anew for each page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, String, bindparam, cast, func, select, type_coerce
from sqlalchemy.types import NullType

from monitor.colleague_tables import amendment, claim, comment
from monitor.store.database import reading
from monitor.store.queue import ALL, FIRST, FOLLOWING, Position, Wanted, page
from monitor.store.talk import Claim
from monitor.store.tally import TO_JUDGE, to_judge
from monitor.tables import item, judgement, remark, reviewer, verdict

# Built once: putting a statement together takes longer than a database needs to answer it.
SAID = (
    select(func.count())
    .where(comment.c.item_id == item.c.id, comment.c.withdrawn_at.is_(None))
    .correlate(item)
    .scalar_subquery()
)
COPY = item.alias()
TOLD_BY = COPY.c.source + " " + cast(COPY.c.id, String) + " " + COPY.c.address
ELSEWHERE = (
    select(func.aggregate_strings(TOLD_BY, "\n")).where(COPY.c.told_as == item.c.id).correlate(item).scalar_subquery()
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
    return ITEMS.join(ids, ids.c.item_id == item.c.id)


WAITING = _of(FIRST)
WAITING_AFTER = _of(FOLLOWING)
TOP = WAITING.add_columns(TO_JUDGE.scalar_subquery())


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
) -> dict[int, Listed]:
    """What a list shows of a page of the items without a verdict (see `monitor.store.queue.page`), in its order."""
    with reading(database) as connection:
        if wanted != ALL:
            ids = page(connection, flagged=flagged, wanted=wanted, after=after, limit=limit)
            known = listed(connection, ids, now)
            return {one: known[one] for one in ids if one in known}
        asked: dict[str, Any] = {"flagged": flagged, "most": limit, "now": now}
        if after:
            asked |= {"score": after.score, "last": after.item_id}
        return _in_order(connection.execute(WAITING_AFTER if after else WAITING, asked).all())


def top(
    database: Engine | Connection, now: datetime, *, limit: int, most_counted: int
) -> tuple[dict[int, Listed], int]:
    """The first page of the flagged items without a verdict, and how many there are to judge, in one statement.

    They are counted up to `most_counted`, with what waits of the samples (see `monitor.store.tally.to_judge`).
    """
    asked = {"flagged": True, "most": limit, "now": now, "most_counted": most_counted}
    with reading(database) as connection:
        rows = connection.execute(TOP, asked).all()
        count = rows[0][-1] if rows else to_judge(connection, most=most_counted)
    return _in_order([row[:-1] for row in rows]), count


def _in_order(rows: Sequence[Any]) -> dict[int, Listed]:
    found = sorted(map(Listed._make, rows), key=lambda one: (one.score, one.id), reverse=True)
    return {one.id: one for one in found}
