"""How editors put each letter together, and who approved it; every change is kept in the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from digest.edition import Audience, Edition, Kind
from digest.records import EditionState, StoredEdition
from digest.store import Witness
from monitor.arrangement import NOTHING_CHOSEN, Approval, Arrangement, wording
from monitor.arrangement_tables import approval, arrangement
from monitor.store import record
from monitor.store.database import Database
from monitor.store.record import RecordLine
from monitor.tables import reviewer

CHOICES = ("order", "taken_in", "left_out")
STEPS = ("arrange", "introduce", "plan letter", "hold letter", "release letter")
UNDO = "undo letter"


def subject_of(audience: Audience, number: int) -> str:
    """How the record names a letter that is being made."""
    return f"edition/{audience.value} {number}"


def noting_sending(clock: Callable[[], datetime]) -> Witness:
    """What records that the radar sent a letter to all, or stopped it by itself, with the change itself."""

    def note(connection: Connection, edition: StoredEdition, told: Mapping[str, object]) -> None:
        action = "send letter" if edition.state is EditionState.SENT else "stop letter"
        record.note(connection, None, action, subject_of(edition.audience, edition.number), clock(), after=told)

    return note


def noting(action: str, now: datetime, reviewer_id: int | None = None, **told: object) -> Witness:
    """What records that a letter was stopped or resumed, with the change itself; `told` says by what."""

    def note(connection: Connection, edition: StoredEdition, _: Mapping[str, object]) -> None:
        record.note(connection, reviewer_id, action, subject_of(edition.audience, edition.number), now, after=told)

    return note


def noting_freeze(now: datetime) -> Witness:
    """What records that a letter was fixed, with the change itself: what it says, and for how many readers."""

    def note(connection: Connection, edition: StoredEdition, told: Mapping[str, object]) -> None:
        after = {"subject": edition.subject, "wording": wording(edition.content), **told}
        record.note(connection, None, "freeze letter", subject_of(edition.audience, edition.number), now, after=after)

    return note


def of(engine: Engine, audience: Audience, number: int) -> Arrangement:
    """What was chosen for a number of the letter of an audience."""
    with engine.connect() as connection:
        return _of(connection, audience, number)


def change(
    engine: Engine,
    audience: Audience,
    number: int,
    reviewer_id: int,
    action: str,
    now: datetime,
    changed: Callable[[Arrangement], Arrangement],
) -> bool:
    """Replace what was chosen by what `changed` makes of it; returns False when that is the same."""
    mine = (arrangement.c.audience == audience, arrangement.c.number == number)
    with engine.begin() as connection:
        _hold(connection, audience, number, now)
        before = _of(connection, audience, number)
        after = changed(before)
        if before == after:
            return False
        connection.execute(update(arrangement).where(*mine).values(_as_row(after)))
        told = {"before": _told(before), "after": _told(after)}
        record.note(connection, reviewer_id, action, subject_of(audience, number), now, **told)
        return True


def last_step(database: Database, audience: Audience, number: int) -> RecordLine | None:
    """The last step that somebody took with a letter; None when it was taken back, or there is none."""
    line = record.latest(database, subject_of(audience, number), *STEPS, UNDO)
    return line if line and line.action != UNDO else None


def undo(engine: Engine, audience: Audience, number: int, step: int, reviewer_id: int, now: datetime) -> bool:
    """Put back what was chosen before a step, by its line of the record; False when it is not the last one."""
    with engine.begin() as connection:
        _hold(connection, audience, number, now)
        line = last_step(connection, audience, number)
        if line is None or line.id != step:
            return False
        before = _chosen(line.before)
        mine = (arrangement.c.audience == audience, arrangement.c.number == number)
        connection.execute(update(arrangement).where(*mine).values(_as_row(before)))
        told = {"before": line.after, "after": line.before}
        record.note(connection, reviewer_id, UNDO, subject_of(audience, number), now, **told)
        return True


def approve(engine: Engine, edition: Edition, subject: str, reviewer_id: int, now: datetime) -> None:
    """Note that somebody finds the letter good as it is; `subject` is what its mail says above it."""
    audience, number, seen = edition.audience, edition.number, wording(edition)
    with engine.begin() as connection:
        _withdraw(connection, audience, number, reviewer_id)
        values = {"audience": audience, "number": number, "reviewer_id": reviewer_id, "wording": seen, "at": now}
        connection.execute(insert(approval).values(values))
        told = {"subject": subject, "wording": seen}
        record.note(connection, reviewer_id, "approve", subject_of(audience, number), now, after=told)


def withdraw(engine: Engine, audience: Audience, number: int, reviewer_id: int, now: datetime) -> bool:
    """Take somebody's approval back; returns False when there was none."""
    with engine.begin() as connection:
        if not _withdraw(connection, audience, number, reviewer_id):
            return False
        record.note(connection, reviewer_id, "no longer approve", subject_of(audience, number), now)
        return True


def approvals(engine: Engine, audience: Audience, number: int) -> tuple[Approval, ...]:
    """Who approved a letter, the first in front, also those whose approval a later change has overtaken.

    Somebody who has no access any more does not count.
    """
    query = (
        select(approval.c.reviewer_id, reviewer.c.name, approval.c.wording, approval.c.at)
        .join(reviewer)
        .where(approval.c.audience == audience, approval.c.number == number, reviewer.c.left_at.is_(None))
        .order_by(approval.c.at, approval.c.reviewer_id)
    )
    with engine.connect() as connection:
        return tuple(Approval(*row) for row in connection.execute(query))


def _hold(connection: Connection, audience: Audience, number: int, now: datetime) -> None:
    """See to it that there is a row and that nobody else changes it until this transaction ends."""
    mine = (arrangement.c.audience == audience, arrangement.c.number == number)
    touch = update(arrangement).where(*mine).values(changed_at=now)
    if connection.execute(touch).rowcount:
        return
    values = {"audience": audience, "number": number, "changed_at": now, **_as_row(NOTHING_CHOSEN)}
    try:
        with connection.begin_nested():
            connection.execute(insert(arrangement).values(values))
    except IntegrityError:  # somebody else made the row just now
        connection.execute(touch)


def _of(connection: Connection, audience: Audience, number: int) -> Arrangement:
    mine = (arrangement.c.audience == audience, arrangement.c.number == number)
    row = connection.execute(select(arrangement).where(*mine)).one_or_none()
    if row is None:
        return NOTHING_CHOSEN
    choices = {name: tuple(row.choices.get(name, ())) for name in CHOICES}
    placed = {reference: Kind(part) for reference, part in row.choices.get("placed", {}).items()}
    return Arrangement(intro=row.intro, placed=placed, planned_at=row.planned_at, held=row.held, **choices)


def _as_row(chosen: Arrangement) -> dict[str, Any]:
    return {
        "intro": chosen.intro,
        "choices": {name: list(getattr(chosen, name)) for name in CHOICES} | {"placed": dict(chosen.placed)},
        "planned_at": chosen.planned_at,
        "held": chosen.held,
    }


def _told(chosen: Arrangement) -> Mapping[str, Any]:
    """The choices as the record keeps them."""
    values = asdict(chosen)
    values["placed"] = [f"{reference}: {part.heading}" for reference, part in chosen.placed.items()]
    values["planned_at"] = chosen.planned_at.isoformat() if chosen.planned_at else ""
    return values


def _chosen(told: Mapping[str, Any]) -> Arrangement:
    """The choices that a line of the record tells of."""
    headings = {part.heading: part for part in Kind}
    placed = (one.partition(": ") for one in told["placed"])
    return Arrangement(
        intro=told["intro"],
        placed={reference: headings[heading] for reference, _, heading in placed},
        planned_at=datetime.fromisoformat(told["planned_at"]) if told["planned_at"] else None,
        held=told["held"],
        **{name: tuple(told[name]) for name in CHOICES},
    )


def _withdraw(connection: Connection, audience: Audience, number: int, reviewer_id: int) -> bool:
    mine = (
        approval.c.audience == audience,
        approval.c.number == number,
        approval.c.reviewer_id == reviewer_id,
    )
    return bool(connection.execute(delete(approval).where(*mine)).rowcount)
