"""The lists of what waits for a verdict: which items of it are wanted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, Engine, Float, Integer, bindparam, func, select, tuple_

from monitor.learning_tables import tally
from monitor.queue_tables import waiting
from monitor.store.database import reading
from monitor.tables import judgement, verdict


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of a list ended: the score and id of its last item."""

    score: float
    item_id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items are wanted; "" and None stand for all. Found from `since` until (without) `until`, aware moments."""

    source: str = ""
    theme: str = ""
    goal: str = ""
    audience: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


ALL = Wanted()
# Built once: putting a statement together takes longer than a database needs to answer it. What is the same for each
# page stands in it as text: PostgreSQL plans a prepared statement without its values, and a page for thousands of rows.
FIRST = (
    select(waiting.c.item_id)
    .where(waiting.c.flagged == bindparam("flagged", type_=Boolean, literal_execute=True))
    .order_by(waiting.c.score.desc(), waiting.c.item_id.desc())
    .limit(bindparam("most", type_=Integer, literal_execute=True))
)
FOLLOWING = FIRST.where(
    tuple_(waiting.c.score, waiting.c.item_id)
    < tuple_(bindparam("score", type_=Float), bindparam("last", type_=Integer))
)
WAITING = select(func.count()).select_from(
    select(waiting.c.item_id)
    .where(waiting.c.flagged == True)  # noqa: E712 - an index serves "="
    .limit(bindparam("most_counted", type_=Integer, literal_execute=True))
    .subquery()
)
DRAWN_WAITING = (
    select(tally.c.item_id)
    .outerjoin(verdict, verdict.c.item_id == tally.c.item_id)
    .where(tally.c.drawn, verdict.c.item_id.is_(None))
    .order_by(tally.c.week, tally.c.item_id)
)
TO_JUDGE = select(
    WAITING.scalar_subquery()
    + select(func.count()).select_from(DRAWN_WAITING.order_by(None).subquery()).scalar_subquery()
)


def page(
    database: Engine | Connection,
    *,
    flagged: bool,
    wanted: Wanted = ALL,
    after: Position | None = None,
    limit: int = 20,
) -> list[int]:
    """The ids of news without a verdict, flagged or set aside, the highest score first; one page, by keyset."""
    rows = FIRST
    asked: dict[str, float] = {"flagged": flagged, "most": limit}
    if after:
        rows, asked = FOLLOWING, asked | {"score": after.score, "last": after.item_id}
    if wanted != ALL:
        rows = rows.join(judgement, judgement.c.item_id == waiting.c.item_id)
        rows = rows.where(*of(wanted, waiting.c.source, waiting.c.kind, waiting.c.first_seen_at))
    with reading(database) as connection:
        return list(connection.scalars(rows, asked).all())


def count(database: Engine | Connection, *, most: int) -> int:
    """How many flagged items wait, counted up to `most`."""
    with reading(database) as connection:
        return int(connection.scalar(WAITING, {"most_counted": most}) or 0)


def to_judge(database: Engine | Connection, *, most: int) -> int:
    """How many flagged items wait, counted up to `most`, and with them what waits of the samples."""
    with reading(database) as connection:
        return int(connection.scalar(TO_JUDGE, {"most_counted": most}) or 0)


def ever_drawn(database: Engine | Connection) -> bool:
    """Whether any item was ever drawn."""
    with reading(database) as connection:
        return connection.execute(select(tally.c.item_id).where(tally.c.drawn).limit(1)).first() is not None


def drawn_waiting(database: Engine | Connection) -> Sequence[int]:
    """The items of the samples on which nobody has decided yet, the oldest sample first."""
    with reading(database) as connection:
        return connection.scalars(DRAWN_WAITING).all()


def of(wanted: Wanted, source: Any, kind: Any, first_seen_at: Any) -> Iterator[ColumnElement[bool]]:
    """What is asked of the rows of a query in which `judgement` is joined; the columns are those that hold the rest."""
    if wanted.source:
        yield source == wanted.source
    if wanted.kind:
        yield kind == wanted.kind
    if wanted.since:
        yield first_seen_at >= wanted.since
    if wanted.until:
        yield first_seen_at < wanted.until
    if wanted.audience:  # an item of nobody in particular is for everybody
        audiences = judgement.c.content["audiences"].as_string()
        yield (audiences == "[]") | audiences.contains(f'"{wanted.audience}"', autoescape=True)
    for name, value in (("themes", wanted.theme), ("goals", wanted.goal)):
        if value:
            yield judgement.c.content[name].as_string().contains(f'"{value}"', autoescape=True)
