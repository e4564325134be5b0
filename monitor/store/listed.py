"""What a list of the desk needs to know of its items to show them as they are; read anew for each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, String, bindparam, func, select, type_coerce
from sqlalchemy.types import NullType

from monitor.colleague_tables import amendment, claim, comment
from monitor.store.database import reading
from monitor.store.talk import Claim
from monitor.tables import item, judgement, remark, reviewer, verdict

# Built once: putting a statement together takes longer than a database needs to answer it.
IDS: BindParameter[int] = bindparam("ids", expanding=True)
SAID = (
    select(func.count())
    .where(comment.c.item_id == item.c.id, comment.c.withdrawn_at.is_(None))
    .correlate(item)
    .scalar_subquery()
)
LISTED = (
    select(item.c.id, judgement.c.score, SAID.label("said"))
    .add_columns(claim.c.reviewer_id.label("claimed_by"), reviewer.c.name, claim.c.until)
    # Only compared, so they stay as the database gives them.
    .add_columns(*(type_coerce(column, NullType) for column in (judgement.c.judged_at, item.c.read_at)))
    .add_columns(type_coerce(verdict.c.decided_at, NullType), amendment.c.content.cast(String))
    .add_columns(judgement.c.words_version, judgement.c.model_version, item.c.version, item.c.address, item.c.title)
    .add_columns(verdict.c.decision, verdict.c.reviewer_id, remark.c.summary, remark.c.why)
    .join(judgement, judgement.c.item_id == item.c.id)
    .outerjoin(verdict, verdict.c.item_id == item.c.id)
    .outerjoin(remark, remark.c.item_id == item.c.id)
    .outerjoin(amendment, amendment.c.item_id == item.c.id)
    .outerjoin(claim, (claim.c.item_id == item.c.id) & (claim.c.until > bindparam("now", type_=claim.c.until.type)))
    .outerjoin(reviewer, reviewer.c.id == claim.c.reviewer_id)
    .where(item.c.id.in_(IDS))
)
FIRST_TO_COMPARE = 6
COPIES = (
    select(item.c.told_as, item.c.source, item.c.address, item.c.id).where(item.c.told_as.in_(IDS)).order_by(item.c.id)
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An item as it is now: its place in a list, who looks at it, and how many comments it has.

    `mark` holds all else by which one sees that what a list shows of it has changed.
    """

    score: float
    claim: Claim | None
    said: int
    mark: tuple[Any, ...]


def listed(database: Engine | Connection, ids: Sequence[int], now: datetime) -> dict[int, Listed]:
    """What a list shows of these items; one that is gone is left out."""
    if not ids:
        return {}
    with reading(database) as connection:
        rows = connection.execute(LISTED, {"ids": ids, "now": now}).all()
        copies = copies_of(connection, ids)
    return {
        row.id: Listed(
            row.score,
            Claim(row.claimed_by, row.name, row.until) if row.claimed_by else None,
            row.said,
            (row.score, *row[FIRST_TO_COMPARE:], tuple(copies.get(row.id, ()))),
        )
        for row in rows
    }


def copies_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[tuple[str, str, int]]]:
    """Of each of these items that is told elsewhere too: the source, address and id of each telling."""
    copies: dict[int, list[tuple[str, str, int]]] = {}
    for row in connection.execute(COPIES, {"ids": ids}):
        copies.setdefault(row.told_as, []).append((row.source, row.address, row.id))
    return copies
