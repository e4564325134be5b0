"""The outbox's own rows in the database: the lease of the one sender, and deliveries claimed and settled.

Each function is one transaction and begins with its write, as in `digest.store`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, case, func, insert, literal, null, or_, select, update
from sqlalchemy.exc import IntegrityError

from digest.records import DeliveryState, EditionState
from digest.store import Witness, nobody, read_edition
from digest.tables import delivery, edition, pace, sender_lease, subscriber

LEASE = "sender"
MOST_DOUBTS_AFTER_CRASHES = 3
# Those in doubt have waited longest; a letter in doubt without a next try waits for a person.
WAITING = (DeliveryState.IN_DOUBT, DeliveryState.DEFERRED, DeliveryState.QUEUED)
UNFINISHED = or_(
    delivery.c.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)),
    (delivery.c.state == DeliveryState.IN_DOUBT) & delivery.c.next_try_at.is_not(None),
)


def take_lease(engine: Engine, holder: str, now: datetime, until: datetime, instead_of: str = "") -> bool:
    """Become the one sender until `until`; False when another is at work.

    `instead_of` names a holder that is known to be gone.
    """
    free = (sender_lease.c.expires_at <= now) | sender_lease.c.holder.in_((holder, instead_of))
    values = {"holder": holder, "expires_at": until}
    try:
        with engine.begin() as connection:
            taken = connection.execute(update(sender_lease).where(sender_lease.c.name == LEASE, free).values(values))
            if taken.rowcount == 0:
                connection.execute(insert(sender_lease).values(values | {"name": LEASE}))
    except IntegrityError:
        return False
    return True


def lease_holder(engine: Engine) -> str:
    """Who holds the lease, expired or not; "" when nobody ever did."""
    with engine.connect() as connection:
        return connection.execute(select(sender_lease.c.holder)).scalar() or ""


def give_back_lease(engine: Engine, holder: str, now: datetime) -> None:
    """Let the next sender begin at once."""
    with engine.begin() as connection:
        connection.execute(update(sender_lease).where(sender_lease.c.holder == holder).values(expires_at=now))


def doubt_interrupted(engine: Engine, edition_id: int, again_at: datetime | None) -> int:
    """Mark deliveries that a crash left in the middle as in doubt; only the holder of the lease may call this.

    `again_at`: when they go again; None when a person is to decide that, as after the third doubt about one letter:
    a sender that falls at each start would else mail the same few readers at each of them.
    """
    too_often = delivery.c.doubts >= MOST_DOUBTS_AFTER_CRASHES - 1
    with engine.begin() as connection:
        return connection.execute(
            update(delivery)
            .where(delivery.c.edition_id == edition_id, delivery.c.state == DeliveryState.SENDING)
            .values(
                state=DeliveryState.IN_DOUBT,
                doubts=delivery.c.doubts + 1,
                next_try_at=case((too_often, null()), else_=literal(again_at, delivery.c.next_try_at.type)),
            )
        ).rowcount


def due(
    engine: Engine, edition_id: int, state: DeliveryState, now: datetime, after: int, limit: int
) -> Sequence[tuple[int, str]]:
    """Deliveries in a waiting state that may be tried now, from the one behind `after` on: their ids and addresses."""
    may_go = delivery.c.next_try_at <= now
    if state is DeliveryState.QUEUED:
        may_go |= delivery.c.next_try_at.is_(None)
    query = (
        select(delivery.c.id, subscriber.c.email)
        .join(subscriber)
        .where(delivery.c.edition_id == edition_id, delivery.c.state == state, delivery.c.id > after, may_go)
        .order_by(delivery.c.id)
        .limit(limit)
    )
    with engine.connect() as connection:
        return [(row.id, row.email) for row in connection.execute(query)]


def pace_since(engine: Engine, now: datetime) -> dict[str, datetime]:
    """What is remembered of the pace and still counts: the moments, by name."""
    with engine.connect() as connection:
        return {row.name: row.free_at for row in connection.execute(select(pace).where(pace.c.free_at > now))}


def next_try(engine: Engine, edition_id: int) -> datetime | None:
    """When the first waiting delivery of an edition is due again; None when none waits for a moment."""
    query = select(func.min(delivery.c.next_try_at, type_=delivery.c.next_try_at.type)).where(
        delivery.c.edition_id == edition_id, delivery.c.state.in_(WAITING)
    )
    with engine.connect() as connection:
        return connection.execute(query).scalar()


def any_due(engine: Engine, edition_id: int, now: datetime) -> bool:
    """Whether a letter of an edition could go by now, or was left in the middle."""
    may_go = delivery.c.next_try_at.is_(None) | (delivery.c.next_try_at <= now)
    query = select(delivery.c.id).where(delivery.c.edition_id == edition_id, UNFINISHED, may_go).limit(1)
    with engine.connect() as connection:
        return connection.execute(query).first() is not None


def last_tried(engine: Engine, edition_id: int) -> datetime | None:
    """When a letter of an edition was last offered to a mail server; None when none ever was."""
    query = select(func.max(delivery.c.sending_at, type_=delivery.c.sending_at.type)).where(
        delivery.c.edition_id == edition_id
    )
    with engine.connect() as connection:
        return connection.execute(query).scalar()


def finish(engine: Engine, edition_id: int, now: datetime, witness: Witness = nobody) -> bool:
    """Mark a sending edition as sent when no delivery of it goes again by itself; `witness` hears how many went."""
    still_open = select(delivery.c.id).where(delivery.c.edition_id == edition_id, UNFINISHED)
    with engine.begin() as connection:
        done = connection.execute(
            update(edition)
            .where(edition.c.id == edition_id, edition.c.state == EditionState.SENDING, ~still_open.exists())
            .values(state=EditionState.SENT, sent_at=now)
        )
        if done.rowcount == 1:
            sent = (delivery.c.edition_id == edition_id, delivery.c.state == DeliveryState.SENT)
            went = connection.scalar(select(func.count()).select_from(delivery).where(*sent))
            witness(connection, read_edition(connection, edition_id), {"sent": went})
    return done.rowcount == 1
