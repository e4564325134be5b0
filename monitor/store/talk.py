"""What colleagues do with an item together: who looks at it, what each of them thinks, and what they say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from monitor.colleague_tables import claim, comment, opinion, second_opinion
from monitor.store import record
from monitor.tables import reviewer, verdict

LEASE = timedelta(minutes=15)
MOST_ASKED = 100


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody looks at an item, until a moment."""

    reviewer_id: int
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one colleague thinks of an item."""

    reviewer_id: int
    name: str
    decision: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """What one colleague said of an item."""

    id: int
    reviewer_id: int
    name: str
    text: str
    at: datetime


def claims(engine: Engine, ids: Sequence[int], now: datetime) -> dict[int, Claim]:
    """Who looks at which of these items now."""
    rows = select(claim, reviewer.c.name).join(reviewer).where(claim.c.item_id.in_(ids), claim.c.until > now)
    with engine.connect() as connection:
        return {row.item_id: Claim(row.reviewer_id, row.name, row.until) for row in connection.execute(rows)}


def take(engine: Engine, item_id: int, reviewer_id: int, now: datetime) -> bool:
    """Take an item for a quarter of an hour; returns False when a colleague has it."""
    with engine.begin() as connection:
        over = (claim.c.until <= now) | (claim.c.reviewer_id == reviewer_id)
        connection.execute(delete(claim).where(claim.c.item_id == item_id, over))
        if connection.scalar(select(claim.c.item_id).where(claim.c.item_id == item_id)):
            return False
        connection.execute(insert(claim).values(item_id=item_id, reviewer_id=reviewer_id, until=now + LEASE))
        record.note(connection, reviewer_id, "claim", f"item/{item_id}", now)
        return True


def let_go(engine: Engine, item_id: int, reviewer_id: int, now: datetime) -> bool:
    """Give an item back that one had taken; returns False when one had not."""
    with engine.begin() as connection:
        gone = delete(claim).where(claim.c.item_id == item_id, claim.c.reviewer_id == reviewer_id)
        if not connection.execute(gone).rowcount:
            return False
        record.note(connection, reviewer_id, "let go", f"item/{item_id}", now)
        return True


def note_opinion(connection: Connection, item_id: int, reviewer_id: int, decision: str, now: datetime) -> None:
    """Keep what somebody thinks, in place of what they thought before; "" takes it back. Others' opinions stay."""
    where = (opinion.c.item_id == item_id, opinion.c.reviewer_id == reviewer_id)
    connection.execute(delete(opinion).where(*where))
    if decision:
        values = {"item_id": item_id, "reviewer_id": reviewer_id, "decision": decision, "at": now}
        connection.execute(insert(opinion).values(**values))
        asked = (second_opinion.c.item_id == item_id, second_opinion.c.reviewer_id != reviewer_id)
        connection.execute(delete(second_opinion).where(*asked))
    connection.execute(delete(claim).where(claim.c.item_id == item_id, claim.c.reviewer_id == reviewer_id))


def give_opinion(engine: Engine, item_id: int, reviewer_id: int, decision: str, now: datetime) -> bool:
    """Say what one thinks of an item without deciding; returns False when that was known."""
    with engine.begin() as connection:
        where = (opinion.c.item_id == item_id, opinion.c.reviewer_id == reviewer_id)
        before = connection.scalar(select(opinion.c.decision).where(*where)) or ""
        if before == decision:
            return False
        note_opinion(connection, item_id, reviewer_id, decision, now)
        change = {"before": {"opinion": before}, "after": {"opinion": decision}}
        record.note(connection, reviewer_id, "opinion", f"item/{item_id}", now, **change)
        return True


def opinions(engine: Engine, item_id: int) -> list[Opinion]:
    """What each colleague thinks of an item, the first one first."""
    rows = select(opinion, reviewer.c.name).join(reviewer).where(opinion.c.item_id == item_id).order_by(opinion.c.at)
    with engine.connect() as connection:
        return [Opinion(row.reviewer_id, row.name, row.decision, row.at) for row in connection.execute(rows)]


def ask_second(engine: Engine, item_id: int, reviewer_id: int, now: datetime, *, wanted: bool) -> bool:
    """Ask colleagues for a second opinion, or no longer; returns False when nothing changed."""
    with engine.begin() as connection:
        asked = connection.scalar(select(second_opinion.c.item_id).where(second_opinion.c.item_id == item_id))
        if bool(asked) is wanted:
            return False
        if wanted:
            values = {"item_id": item_id, "reviewer_id": reviewer_id, "asked_at": now}
            connection.execute(insert(second_opinion).values(**values))
        else:
            connection.execute(delete(second_opinion).where(second_opinion.c.item_id == item_id))
        action = "ask second" if wanted else "ask no more"
        record.note(connection, reviewer_id, action, f"item/{item_id}", now)
        return True


def asked_by(engine: Engine, item_id: int) -> str:
    """Who asked for a second opinion on an item; "" when nobody did."""
    rows = select(reviewer.c.name).join(second_opinion).where(second_opinion.c.item_id == item_id)
    with engine.connect() as connection:
        return connection.scalar(rows) or ""


def asked_for(engine: Engine, reviewer_id: int) -> int:
    """On how many items somebody else asks for a second opinion."""
    others = select(func.count()).where(second_opinion.c.reviewer_id != reviewer_id)
    with engine.connect() as connection:
        return int(connection.scalar(others) or 0)


def second_wanted(engine: Engine) -> list[int]:
    """Items on which a second opinion was asked for, the longest waiting first, and then those that people differ on.

    People differ on an item when somebody thinks otherwise than the decision that holds; the latest first.
    """
    asked = select(second_opinion.c.item_id).order_by(second_opinion.c.asked_at).limit(MOST_ASKED)
    differ = (
        select(verdict.c.item_id)
        .join(opinion, (opinion.c.item_id == verdict.c.item_id) & (opinion.c.decision != verdict.c.decision))
        .group_by(verdict.c.item_id, verdict.c.decided_at)
        .order_by(verdict.c.decided_at.desc())
        .limit(MOST_ASKED)
    )
    with engine.connect() as connection:
        return list(dict.fromkeys([*connection.scalars(asked), *connection.scalars(differ)]))


def say(engine: Engine, item_id: int, reviewer_id: int, text: str, now: datetime) -> int:
    """Add a comment; returns its id."""
    with engine.begin() as connection:
        values = {"item_id": item_id, "reviewer_id": reviewer_id, "text": text, "at": now}
        added = connection.execute(insert(comment).values(**values))
        assert added.inserted_primary_key
        record.note(connection, reviewer_id, "comment", f"item/{item_id}", now, after={"comment": text})
        return int(added.inserted_primary_key[0])


def take_back(engine: Engine, item_id: int, comment_id: int, reviewer_id: int, now: datetime) -> bool:
    """Withdraw one's own comment; returns False when there is no such one."""
    where = (comment.c.id == comment_id, comment.c.item_id == item_id, comment.c.reviewer_id == reviewer_id)
    with engine.begin() as connection:
        text = connection.scalar(select(comment.c.text).where(*where, comment.c.withdrawn_at.is_(None)))
        if text is None:
            return False
        connection.execute(update(comment).where(*where).values(withdrawn_at=now))
        record.note(connection, reviewer_id, "withdraw comment", f"item/{item_id}", now, before={"comment": text})
        return True


def put_back(engine: Engine, item_id: int, reviewer_id: int, now: datetime) -> bool:
    """Put the comment back that somebody withdrew last; returns False when there is none."""
    mine = (comment.c.item_id == item_id, comment.c.reviewer_id == reviewer_id, comment.c.withdrawn_at.is_not(None))
    latest = select(comment.c.id, comment.c.text).where(*mine)
    with engine.begin() as connection:
        gone = connection.execute(latest.order_by(comment.c.withdrawn_at.desc(), comment.c.id.desc()).limit(1)).first()
        if gone is None:
            return False
        connection.execute(update(comment).where(comment.c.id == gone.id).values(withdrawn_at=None))
        record.note(connection, reviewer_id, "comment again", f"item/{item_id}", now, after={"comment": gone.text})
        return True


def comments(engine: Engine, item_id: int) -> list[Comment]:
    """What was said of an item, the oldest first."""
    rows = (
        select(comment, reviewer.c.name)
        .join(reviewer)
        .where(comment.c.item_id == item_id, comment.c.withdrawn_at.is_(None))
        .order_by(comment.c.id)
    )
    with engine.connect() as connection:
        return [Comment(row.id, row.reviewer_id, row.name, row.text, row.at) for row in connection.execute(rows)]
