"""The outbox's own rows in the database: the lease of the one sender, and deliveries claimed and settled.

Each function is one transaction and begins with its write, as in `digest.store`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from digest.records import OPEN, Claim, DeliveryState, EditionState, SubscriberState
from digest.tables import delivery, edition, sender_lease, subscriber
from digest.wishes import Wishes

LEASE = "sender"
WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.IN_DOUBT)


class LeaseLost(Exception):
    """Another sender took over while this one was silent for too long."""


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


def doubt_interrupted(engine: Engine, edition_id: int) -> int:
    """Mark deliveries that a crash left in the middle as in doubt; only the holder of the lease may call this."""
    with engine.begin() as connection:
        return connection.execute(
            update(delivery)
            .where(delivery.c.edition_id == edition_id, delivery.c.state == DeliveryState.SENDING)
            .values(state=DeliveryState.IN_DOUBT, next_try_at=None)
        ).rowcount


def claim_next(engine: Engine, edition_id: int, holder: str, now: datetime, until: datetime) -> Claim | None:
    """Take the next due delivery and commit it as sending (or cancelled, when its reader left), renewing the lease.

    None when nothing is due or the edition is no longer being sent. Raises LeaseLost when another sender took over.
    """
    with engine.begin() as connection:
        renewed = connection.execute(
            update(sender_lease)
            .where(sender_lease.c.name == LEASE, sender_lease.c.holder == holder)
            .values(expires_at=until)
        )
        if renewed.rowcount != 1:
            raise LeaseLost("Een andere verzender heeft het werk overgenomen.")
        row = connection.execute(_next_due(edition_id, now)).mappings().first()
        if row is None:
            return None
        left = row["reader_state"] is SubscriberState.LEFT
        values: dict[str, Any] = {"state": DeliveryState.CANCELLED, "next_try_at": None}
        if not left:
            values = {"state": DeliveryState.SENDING, "sending_at": now, "attempts": row["attempts"] + 1}
        connection.execute(update(delivery).where(delivery.c.id == row["id"]).values(values))
    return Claim(
        delivery_id=row["id"],
        state=values["state"],
        message_id=row["message_id"],
        attempts=values.get("attempts", row["attempts"]),
        email=row["email"],
        name=row["name"],
        token=row["token"],
        preferences_token=row["preferences_token"],
        wishes=Wishes.model_validate(row["wishes"]),
    )


def anything_due(engine: Engine, edition_id: int, now: datetime) -> bool:
    """Whether a delivery of a sending edition may be claimed now."""
    with engine.connect() as connection:
        return connection.execute(_next_due(edition_id, now)).first() is not None


def _next_due(edition_id: int, now: datetime) -> Select[Any]:
    due = delivery.c.next_try_at.is_(None) | (delivery.c.next_try_at <= now)
    return (
        select(delivery.c.id, delivery.c.message_id, delivery.c.attempts, delivery.c.wishes)
        .add_columns(subscriber.c.state.label("reader_state"))
        .add_columns(subscriber.c.email, subscriber.c.name, subscriber.c.token, subscriber.c.preferences_token)
        .join(subscriber)
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(
            delivery.c.edition_id == edition_id,
            delivery.c.state.in_(WAITING),
            due,
            edition.c.state == EditionState.SENDING,
        )
        .order_by(delivery.c.state, delivery.c.id)
        .limit(1)
    )


def settle(
    engine: Engine,
    delivery_id: int,
    state: DeliveryState,
    response: str,
    now: datetime,
    next_try_at: datetime | None = None,
) -> None:
    """Commit what became of a claimed delivery: the state, the server's answer and, if it waits, until when."""
    with engine.begin() as connection:
        connection.execute(
            update(delivery)
            .where(delivery.c.id == delivery_id)
            .values(
                state=state,
                response=response,
                next_try_at=next_try_at,
                sent_at=now if state is DeliveryState.SENT else None,
            )
        )


def next_try(engine: Engine, edition_id: int) -> datetime | None:
    """When the first waiting delivery of an edition is due again; None when none waits for a moment."""
    query = select(func.min(delivery.c.next_try_at, type_=delivery.c.next_try_at.type)).where(
        delivery.c.edition_id == edition_id, delivery.c.state.in_(WAITING)
    )
    with engine.connect() as connection:
        return connection.execute(query).scalar()


def finish(engine: Engine, edition_id: int, now: datetime) -> bool:
    """Mark a sending edition as sent when no delivery of it needs anything any more."""
    still_open = select(delivery.c.id).where(delivery.c.edition_id == edition_id, delivery.c.state.in_(OPEN))
    with engine.begin() as connection:
        done = connection.execute(
            update(edition)
            .where(edition.c.id == edition_id, edition.c.state == EditionState.SENDING, ~still_open.exists())
            .values(state=EditionState.SENT, sent_at=now)
        )
    return done.rowcount == 1
