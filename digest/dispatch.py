"""How the sending of the latest letters stands, counted; the letters themselves are not read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from digest.bounce_tables import bounce
from digest.edition import Audience
from digest.records import DeliveryState, DeliverySummary, EditionState
from digest.tables import delivery, edition


@dataclass(frozen=True)
class Dispatch:
    """A letter that was fixed: who it is for, its number and issue, its state, and what became of its deliveries.

    `at` is when it was sent or, before that, fixed (aware UTC). `came_back` counts the readers to whom it came back.
    """

    edition_id: int
    audience: Audience
    issue: str
    number: int
    subject: str
    state: EditionState
    at: datetime
    deliveries: DeliverySummary
    came_back: int


def latest(engine: Engine, limit: int) -> tuple[Dispatch, ...]:
    """The letters that were fixed last, the newest first."""
    columns = ("id", "audience", "issue", "number", "subject", "state", "frozen_at", "sent_at")
    fixed = select(*(edition.c[name] for name in columns)).where(edition.c.state != EditionState.DRAFT)
    with engine.connect() as connection:
        letters = connection.execute(fixed.order_by(edition.c.id.desc()).limit(limit)).all()
        ids = [one.id for one in letters]
        per_state = (
            select(delivery.c.edition_id, delivery.c.state, func.count().label("number"))
            .where(delivery.c.edition_id.in_(ids))
            .group_by(delivery.c.edition_id, delivery.c.state)
        )
        came_back = (
            select(delivery.c.edition_id, func.count(bounce.c.delivery_id.distinct()).label("number"))
            .join(bounce, bounce.c.delivery_id == delivery.c.id)
            .where(delivery.c.edition_id.in_(ids))
            .group_by(delivery.c.edition_id)
        )
        counts: dict[int, dict[DeliveryState, int]] = {one: {} for one in ids}
        for row in connection.execute(per_state):
            counts[row.edition_id][row.state] = row.number
        back = {row.edition_id: row.number for row in connection.execute(came_back)}
    return tuple(
        Dispatch(
            one.id,
            one.audience,
            one.issue,
            one.number,
            one.subject,
            one.state,
            one.sent_at or one.frozen_at,
            DeliverySummary(counts[one.id]),
            back.get(one.id, 0),
        )
        for one in letters
    )
