"""The queue of flagged items, and what reviewers decided and wrote; every change is kept in an append-only record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    String,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
)

from monitor.amendment import NOTHING, Amendment
from monitor.colleague_tables import amendment
from monitor.judgement import Judgement
from monitor.store import foretold, record, talk
from monitor.store import queue as lists
from monitor.store.database import reading
from monitor.store.queue import ALL, Wanted
from monitor.store.queue import Position as Position
from monitor.store.record import RecordLine
from monitor.tables import item, judgement, remark, reviewer, verdict

ACCEPTED = "accepted"
REJECTED = "rejected"
MOST_COUNTED = 200  # each page of the queue counts; a thousand took the database as long as the page itself
COPY = item.alias()
# The items that tell an item's story elsewhere, a line each: source, id and address.
ELSEWHERE = (
    select(func.aggregate_strings(COPY.c.source + " " + cast(COPY.c.id, String) + " " + COPY.c.address, "\n"))
    .where(COPY.c.told_as == item.c.id)
    .correlate(item)
    .scalar_subquery()
)
ITEMS = (
    select(
        item,
        judgement.c.content.cast(String),  # a judgement is read from its text in one go
        judgement.c.score,
        verdict.c.decision,
        verdict.c.decided_at,
        reviewer.c.name.label("decided_by"),
        remark.c.summary,
        remark.c.why,
        amendment.c.content.label("amended"),
        ELSEWHERE.label("elsewhere"),
    )
    .join(judgement, judgement.c.item_id == item.c.id)
    .outerjoin(verdict, verdict.c.item_id == item.c.id)
    .outerjoin(reviewer, reviewer.c.id == verdict.c.reviewer_id)
    .outerjoin(remark, remark.c.item_id == item.c.id)
    .outerjoin(amendment, amendment.c.item_id == item.c.id)
    .where(item.c.id.in_(bindparam("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class QueuedItem:
    """An item as the desk and the digest need it: content, judgement, and what people said of it."""

    id: int
    source: str
    address: str
    title: str
    intro: str
    text: str
    label: str
    documents: Sequence[str]
    published: date | None
    published_precision: str
    published_origin: str
    first_seen_at: datetime
    told_as: int | None
    judgement: Judgement
    decision: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    summary: str = ""
    why: str = ""
    amendment: Amendment = NOTHING
    also_at: tuple[tuple[str, str, int], ...] = ()


def subject_of(item_id: int) -> str:
    """How the record names an item."""
    return f"item/{item_id}"


def queue(engine: Engine, *, wanted: Wanted = ALL, after: Position | None = None, limit: int = 20) -> list[QueuedItem]:
    """Flagged news without a verdict, the highest score first; one page, by keyset."""
    return some(engine, lists.page(engine, flagged=True, wanted=wanted, after=after, limit=limit))


def set_aside(
    engine: Engine, *, wanted: Wanted = ALL, after: Position | None = None, limit: int = 20
) -> list[QueuedItem]:
    """News that was not flagged and has no verdict, the highest score first."""
    return some(engine, lists.page(engine, flagged=False, wanted=wanted, after=after, limit=limit))


def decided(engine: Engine, decision: str, limit: int = 100) -> list[QueuedItem]:
    """Items with this decision, the latest first."""
    return some(engine, decided_ids(engine, decision, limit))


def decided_ids(
    engine: Engine, decision: str, limit: int = 100, *, wanted: Wanted = ALL, before_id: int | None = None
) -> list[int]:
    """The ids of the items with this decision, the latest first; `before_id` is the item that ended the page before.

    When nothing is decided on that item any more the list begins anew.
    """
    place = tuple_(verdict.c.decided_at, verdict.c.item_id)
    rows = select(verdict.c.item_id).where(verdict.c.decision == decision)
    if wanted != ALL:
        rows = rows.join(item, item.c.id == verdict.c.item_id).join(judgement, judgement.c.item_id == verdict.c.item_id)
        rows = rows.where(*lists.of(wanted, item.c.source, judgement.c.kind, item.c.first_seen_at))
    with engine.connect() as connection:
        ended = connection.scalar(select(verdict.c.decided_at).where(verdict.c.item_id == before_id))
        if ended:
            rows = rows.where(place < tuple_(literal(ended, verdict.c.decided_at.type), before_id))
        latest = rows.order_by(verdict.c.decided_at.desc(), verdict.c.item_id.desc())
        return list(connection.scalars(latest.limit(limit)))


def one(engine: Engine, item_id: int) -> QueuedItem | None:
    """One item, flagged or not."""
    return next(iter(some(engine, [item_id])), None)


def some(database: Engine | Connection, ids: Sequence[int]) -> list[QueuedItem]:
    """These items in this order; a few at a time."""
    if not ids:
        return []
    with reading(database) as connection:
        rows = {row.id: row for row in connection.execute(ITEMS, {"ids": ids})}
    return [_queued(rows[one]) for one in ids if one in rows]


def waiting(database: Engine | Connection) -> int:
    """How many flagged items wait for a verdict."""
    return lists.count(database, most=MOST_COUNTED)


def decide(engine: Engine, item_id: int, reviewer_id: int, decision: str, now: datetime) -> bool:
    """Accept or reject an item; returns False when that was the decision already."""
    with engine.begin() as connection:
        before = _decision(connection, item_id)
        if before == decision:
            return False
        _hold(connection, item_id, reviewer_id, decision, now)
        change = {"before": {"decision": before}, "after": {"decision": decision}}
        record.note(connection, reviewer_id, decision, subject_of(item_id), now, **change)
        return True


def undo(engine: Engine, item_id: int, reviewer_id: int, now: datetime) -> bool:
    """Take the last decision back, so that the one before it holds again; returns False when there is none."""
    with engine.begin() as connection:
        return _undo(connection, item_id, reviewer_id, now)


def decide_all(engine: Engine, ids: Sequence[int], reviewer_id: int, decision: str, now: datetime) -> str:
    """Decide on those of these items that nobody decided on; returns the name of the batch, "" when it is empty."""
    with engine.begin() as connection:
        decided = set(connection.scalars(select(verdict.c.item_id).where(verdict.c.item_id.in_(ids))))
        fresh = [item_id for item_id in dict.fromkeys(ids) if item_id not in decided]
        if not fresh:
            return ""
        for item_id in fresh:
            _hold(connection, item_id, reviewer_id, decision, now)
            change = {"before": {"decision": ""}, "after": {"decision": decision}}
            record.note(connection, reviewer_id, decision, subject_of(item_id), now, **change)
        batch = f"{now:%Y%m%dT%H%M%S%f}-{reviewer_id}"
        told = {"items": fresh, "decision": decision}
        record.note(connection, reviewer_id, "together", f"batch/{batch}", now, after=told)
        return batch


def batch_of(engine: Engine, batch: str) -> RecordLine | None:
    """What was decided together under this name; any text may come in."""
    with engine.connect() as connection:
        return record.last(connection, "together", f"batch/{batch}")


def undo_all(engine: Engine, batch: str, reviewer_id: int, now: datetime) -> int:
    """Take back what was decided together, but for what was decided otherwise since; returns how many."""
    with engine.begin() as connection:
        line = record.last(connection, "together", f"batch/{batch}")
        if line is None:
            return 0
        mine = (verdict.c.decided_at == line.at, verdict.c.decision == line.after["decision"])
        held = select(verdict.c.item_id).where(verdict.c.item_id.in_(line.after["items"]), *mine)
        ids = list(connection.scalars(held.order_by(verdict.c.item_id)))
        return sum(_undo(connection, item_id, reviewer_id, now) for item_id in ids)


def write(engine: Engine, item_id: int, reviewer_id: int, *, summary: str, now: datetime, why: str = "") -> bool:
    """Keep the summary and the why for the letter; returns False when nothing changed."""
    with engine.begin() as connection:
        return _write(connection, item_id, reviewer_id, {"summary": summary, "why": why}, now)


def unwrite(engine: Engine, item_id: int, reviewer_id: int, now: datetime) -> bool:
    """Bring back the text that stood there before the latest change; returns False when there was none."""
    with engine.begin() as connection:
        latest = record.last(connection, "write", subject_of(item_id))
        if latest is None:
            return False
        before = {name: str(latest.before.get(name, "")) for name in ("summary", "why")}
        return _write(connection, item_id, reviewer_id, before, now)


def _write(connection: Connection, item_id: int, reviewer_id: int, after: dict[str, str], now: datetime) -> bool:
    row = connection.execute(select(remark).where(remark.c.item_id == item_id)).one_or_none()
    before = {"summary": row.summary, "why": row.why} if row else {"summary": "", "why": ""}
    if before == after:
        return False
    connection.execute(delete(remark).where(remark.c.item_id == item_id))
    connection.execute(insert(remark).values(item_id=item_id, reviewer_id=reviewer_id, written_at=now, **after))
    record.note(connection, reviewer_id, "write", subject_of(item_id), now, before=before, after=after)
    return True


def _hold(connection: Connection, item_id: int, reviewer_id: int, decision: str, now: datetime) -> None:
    """Make a decision the one that holds, and the opinion of who took it; "" makes the item wait again."""
    connection.execute(delete(verdict).where(verdict.c.item_id == item_id))
    if decision:
        foretold.keep(connection, item_id)
        values = {"item_id": item_id, "decision": decision, "reviewer_id": reviewer_id, "decided_at": now}
        connection.execute(insert(verdict).values(**values))
    talk.note_opinion(connection, item_id, reviewer_id, decision, now)


def _undo(connection: Connection, item_id: int, reviewer_id: int, now: datetime) -> bool:
    current = _decision(connection, item_id)
    if not current:
        return False
    latest = record.last(connection, current, subject_of(item_id))
    previous = str(latest.before.get("decision", "")) if latest else ""
    _hold(connection, item_id, reviewer_id, previous, now)
    change = {"before": {"decision": current}, "after": {"decision": previous}}
    record.note(connection, reviewer_id, "undo", subject_of(item_id), now, **change)
    return True


def _queued(row: Row[Any]) -> QueuedItem:
    copies = [line.split(" ", 2) for line in row.elsewhere.split("\n")] if row.elsewhere else []
    return QueuedItem(
        **{name: getattr(row, name) for name in QueuedItem.__slots__[:13]},
        judgement=Judgement.model_validate_json(row.content),
        decision=row.decision or "",
        decided_by=row.decided_by or "",
        decided_at=row.decided_at,
        summary=row.summary or "",
        why=row.why or "",
        amendment=Amendment.model_validate(row.amended) if row.amended else NOTHING,
        also_at=tuple(
            sorted(((source, address, int(one)) for source, one, address in copies), key=lambda copy: copy[2])
        ),
    )


def _decision(connection: Connection, item_id: int) -> str:
    return str(connection.scalar(select(verdict.c.decision).where(verdict.c.item_id == item_id)) or "")
