"""The outbox's own rows in the database: the lease of the one sender, and deliveries claimed and settled.

Each function is one transaction and begins with its write, as in `digest.store`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from digest.records import Claim, DeliveryState, EditionState, SubscriberState
from digest.settlement import Settlement
from digest.tables import delivery, edition, pace, sender_lease, subscriber
from digest.wishes import Wishes

LEASE = "sender"
# Those in doubt have waited longest; a letter in doubt without a next try waits for a person.
WAITING = (DeliveryState.IN_DOUBT, DeliveryState.DEFERRED, DeliveryState.QUEUED)
UNFINISHED = or_(
    delivery.c.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)),
    (delivery.c.state == DeliveryState.IN_DOUBT) & delivery.c.next_try_at.is_not(None),
)

# The statements of a turn, built once: a turn is taken for every few letters.
SETTLE = (
    update(delivery)
    .where(
        delivery.c.id == bindparam("of"),
        delivery.c.attempts == bindparam("attempt"),
        or_(delivery.c.state == DeliveryState.SENDING, delivery.c.state == DeliveryState.IN_DOUBT),
    )
    .values({name: bindparam(name) for name in ("state", "response", "next_try_at", "doubts", "sent_at")})
)
RENEW = (
    update(sender_lease)
    .where(sender_lease.c.name == LEASE, sender_lease.c.holder == bindparam("by"))
    .values(expires_at=bindparam("until"))
)
WANTED = delivery.c.id.in_(bindparam("wanted", expanding=True))
CLAIMABLE = (
    select(delivery.c.id, delivery.c.message_id, delivery.c.attempts, delivery.c.doubts, delivery.c.wishes)
    .add_columns(subscriber.c.state.label("reader_state"))
    .add_columns(subscriber.c.email, subscriber.c.name, subscriber.c.token, subscriber.c.preferences_token)
    .join(subscriber)
    .join(edition, edition.c.id == delivery.c.edition_id)
    .where(WANTED, delivery.c.state.in_(WAITING), edition.c.state == EditionState.SENDING)
    .order_by(delivery.c.id)
)
CLAIM = (
    update(delivery)
    .where(WANTED)
    .values(state=DeliveryState.SENDING, sending_at=bindparam("now"), attempts=delivery.c.attempts + 1)
)
CANCEL = update(delivery).where(WANTED).values(state=DeliveryState.CANCELLED, next_try_at=None)


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


def doubt_interrupted(engine: Engine, edition_id: int, again_at: datetime | None) -> int:
    """Mark deliveries that a crash left in the middle as in doubt; only the holder of the lease may call this.

    `again_at`: when they go again; None when a person is to decide that.
    """
    with engine.begin() as connection:
        return connection.execute(
            update(delivery)
            .where(delivery.c.edition_id == edition_id, delivery.c.state == DeliveryState.SENDING)
            .values(state=DeliveryState.IN_DOUBT, next_try_at=again_at)
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


def settle(engine: Engine, settlements: Collection[Settlement], now: datetime) -> None:
    """Commit what became of letters, whoever holds the lease."""
    with engine.begin() as connection:
        _settle(connection, settlements, now)


def turn(
    engine: Engine,
    holder: str,
    settlements: Collection[Settlement],
    wanted: Collection[int],
    moved: Mapping[str, datetime],
    now: datetime,
    until: datetime,
) -> tuple[Claim, ...]:
    """Commit what became of letters, and the next ones as sending (or cancelled, when their reader left).

    Both in one transaction, which also renews the lease and keeps what `moved` in the pace. A wanted delivery whose
    edition is not being sent any more is left as it is. Raises LeaseLost when another sender took over; what became of
    the letters is kept even then.
    """
    with engine.begin() as connection:
        _settle(connection, settlements, now)
        renewed = connection.execute(RENEW, {"by": holder, "until": until})
        claims: tuple[Claim, ...] = ()
        if renewed.rowcount == 1:
            claims = _claim(connection, wanted, now) if wanted else ()
            _keep_pace(connection, moved)
    if renewed.rowcount != 1:
        raise LeaseLost("Een andere verzender heeft het werk overgenomen.")
    return claims


def _settle(connection: Connection, settlements: Collection[Settlement], now: datetime) -> None:
    if not settlements:
        return
    connection.execute(
        SETTLE,
        [
            {
                "of": one.delivery_id,
                "attempt": one.attempts,
                "state": one.state,
                "response": one.response,
                "next_try_at": one.next_try_at,
                "doubts": one.doubts,
                "sent_at": now if one.state is DeliveryState.SENT else None,
            }
            for one in settlements
        ],
    )


def _claim(connection: Connection, wanted: Collection[int], now: datetime) -> tuple[Claim, ...]:
    claims = tuple(_as_claim(row) for row in connection.execute(CLAIMABLE, {"wanted": list(wanted)}))
    begun = [claim.delivery_id for claim in claims if claim.state is DeliveryState.SENDING]
    if begun:
        connection.execute(CLAIM, {"wanted": begun, "now": now})
    left = [claim.delivery_id for claim in claims if claim.state is DeliveryState.CANCELLED]
    if left:
        connection.execute(CANCEL, {"wanted": left})
    return claims


def _as_claim(row: Any) -> Claim:
    left = row.reader_state is SubscriberState.LEFT
    return Claim(
        delivery_id=row.id,
        state=DeliveryState.CANCELLED if left else DeliveryState.SENDING,
        message_id=row.message_id,
        attempts=row.attempts + (not left),
        doubts=row.doubts,
        email=row.email,
        name=row.name,
        token=row.token,
        preferences_token=row.preferences_token,
        wishes=Wishes.model_validate(row.wishes),
    )


def pace_since(engine: Engine, now: datetime) -> dict[str, datetime]:
    """What is remembered of the pace and still counts: the moments, by name."""
    with engine.connect() as connection:
        return {row.name: row.free_at for row in connection.execute(select(pace).where(pace.c.free_at > now))}


def _keep_pace(connection: Connection, moved: Mapping[str, datetime]) -> None:
    for name, moment in moved.items():
        known = connection.execute(update(pace).where(pace.c.name == name).values(free_at=moment))
        if known.rowcount == 0:
            connection.execute(insert(pace).values(name=name, free_at=moment))


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


def finish(engine: Engine, edition_id: int, now: datetime) -> bool:
    """Mark a sending edition as sent when no delivery of it goes again by itself."""
    still_open = select(delivery.c.id).where(delivery.c.edition_id == edition_id, UNFINISHED)
    with engine.begin() as connection:
        done = connection.execute(
            update(edition)
            .where(edition.c.id == edition_id, edition.c.state == EditionState.SENDING, ~still_open.exists())
            .values(state=EditionState.SENT, sent_at=now)
        )
    return done.rowcount == 1
