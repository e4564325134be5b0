"""The record: what everybody did, with before and after. Rows are only added; the database refuses all else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, insert, select

from monitor.store.database import Database, reading
from monitor.tables import item, record, reviewer

PER_STEP = 1000
RADAR = "de radar"
ITEM = "item/"


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One thing that was done: when, by whom, what, to what; `who` is "de radar" when no person did it.

    `title` is that of the item it was done to, where `page` looked for it.
    """

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are wanted: by one person, of one action, of subjects of one sort, within days; "" or None is all."""

    reviewer_id: int | None = None
    action: str = ""
    sort: str = ""
    since: datetime | None = None
    until: datetime | None = None


def note(
    connection: Connection,
    reviewer_id: int | None,
    action: str,
    subject: str,
    now: datetime,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add one line, in the transaction of what it tells; `subject` is a sort and a name, such as "item/12"."""
    values = {"at": now, "reviewer_id": reviewer_id, "action": action, "subject": subject}
    connection.execute(insert(record).values(**values, before=dict(before or {}), after=dict(after or {})))


def note_alone(
    engine: Engine, reviewer_id: int | None, action: str, subject: str, now: datetime, **change: Mapping[str, Any]
) -> None:
    """Add one line in a transaction of its own, about something that the database did not change for."""
    with engine.begin() as connection:
        note(connection, reviewer_id, action, subject, now, **change)


def of_subject(engine: Engine, subject: str) -> list[RecordLine]:
    """Everything that was done to one subject, the oldest first."""
    with engine.connect() as connection:
        return _lines(connection.execute(_all().where(record.c.subject == subject).order_by(record.c.id)).all())


def last(connection: Connection, action: str, subject: str) -> RecordLine | None:
    """The latest line of an action on a subject."""
    rows = _all().where(record.c.action == action, record.c.subject == subject).order_by(record.c.id.desc()).limit(1)
    return next(iter(_lines(connection.execute(rows).all())), None)


def stands(database: Database, action: str, subject: str, *, unless: str) -> RecordLine | None:
    """The latest line of an action on a subject; None when it never was done, or `unless` took it back since."""
    line = latest(database, subject, action, unless)
    return line if line and line.action == action else None


def latest(database: Database, subject: str, *actions: str) -> RecordLine | None:
    """The latest line of any of these actions on a subject."""
    rows = _all().where(record.c.action.in_(actions), record.c.subject == subject)
    with reading(database) as connection:
        lines = _lines(connection.execute(rows.order_by(record.c.id.desc()).limit(1)).all())
    return next(iter(lines), None)


def page(engine: Engine, wanted: Filter, *, before_id: int | None = None, limit: int = 50) -> list[RecordLine]:
    """The latest lines that were asked for, the newest first, with titles; `before_id` is where a page ended."""
    rows = _all().where(*_where(wanted))
    if before_id is not None:
        rows = rows.where(record.c.id < before_id)
    with engine.connect() as connection:
        lines = _lines(connection.execute(rows.order_by(record.c.id.desc()).limit(limit)).all())
        known = titles(
            connection, (int(line.subject.removeprefix(ITEM)) for line in lines if line.subject.startswith(ITEM))
        )
    return [replace(line, title=known.get(line.subject.removeprefix(ITEM), "")) for line in lines]


def titles(database: Database, items: Iterable[int]) -> dict[str, str]:
    """The titles of items, by their ids as text."""
    wanted = set(items)
    rows = select(item.c.id, item.c.title).where(item.c.id.in_(wanted))
    with reading(database) as connection:
        return {str(row.id): row.title for row in connection.execute(rows)} if wanted else {}


def everything(engine: Engine, wanted: Filter) -> Iterator[RecordLine]:
    """All lines that were asked for, the newest first, read in steps so that memory stays bounded."""
    last: int | None = None
    while lines := page(engine, wanted, before_id=last, limit=PER_STEP):
        yield from lines
        last = lines[-1].id


def actions(engine: Engine) -> list[str]:
    """The actions that occur, by name."""
    with engine.connect() as connection:
        return list(connection.scalars(select(record.c.action).distinct().order_by(record.c.action)))


def _all() -> Select[Any]:
    columns = (record.c.id, record.c.at, reviewer.c.name, record.c.action, record.c.subject)
    return select(*columns, record.c.before, record.c.after).select_from(record).outerjoin(reviewer)


def _where(wanted: Filter) -> Iterator[Any]:
    if wanted.reviewer_id is not None:
        yield record.c.reviewer_id == wanted.reviewer_id
    if wanted.action:
        yield record.c.action == wanted.action
    if wanted.sort:
        yield record.c.subject.startswith(f"{wanted.sort}/", autoescape=True)
    if wanted.since:
        yield record.c.at >= wanted.since
    if wanted.until:
        yield record.c.at < wanted.until


def _lines(rows: Sequence[Row[Any]]) -> list[RecordLine]:
    return [
        RecordLine(row.id, row.at, row.name or RADAR, row.action, row.subject, row.before, row.after) for row in rows
    ]
