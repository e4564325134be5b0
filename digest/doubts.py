"""Letters of which nobody knows whether they arrived, and what a person says of them.

The changes take a connection, so that they stand in one transaction with who made them; each gives the deliveries that
it found as they had to be.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select, update

from digest.records import DeliveryState, EditionState, SubscriberState
from digest.tables import delivery, edition, subscriber

PARKED = (delivery.c.state == DeliveryState.IN_DOUBT) & delivery.c.next_try_at.is_(None)
ON_ITS_WAY = (delivery.c.state == DeliveryState.IN_DOUBT) & delivery.c.next_try_at.is_not(None)


@dataclass(frozen=True)
class Doubt:
    """A letter that was in doubt or is; `again_at` is when it goes once more, None while a person is to decide."""

    delivery_id: int
    email: str
    name: str
    has_left: bool
    state: DeliveryState
    attempts: int
    tried_at: datetime | None
    again_at: datetime | None


def doubts_of(engine: Engine, edition_id: int, settled: Collection[int] = ()) -> tuple[Doubt, ...]:
    """The letters of an edition that are in doubt, and these `settled` ones; in the order of sending."""
    wanted = (delivery.c.state == DeliveryState.IN_DOUBT) | delivery.c.id.in_(settled)
    columns = (delivery.c.id, subscriber.c.email, subscriber.c.name, subscriber.c.state.label("reader_state"))
    query = (
        select(*columns, delivery.c.state, delivery.c.attempts, delivery.c.sending_at, delivery.c.next_try_at)
        .join(subscriber)
        .where(delivery.c.edition_id == edition_id, wanted)
        .order_by(delivery.c.id)
    )
    with engine.connect() as connection:
        return tuple(
            Doubt(
                row.id,
                row.email,
                row.name,
                row.reader_state is SubscriberState.LEFT,
                row.state,
                row.attempts,
                row.sending_at,
                row.next_try_at,
            )
            for row in connection.execute(query)
        )


def arrived(connection: Connection, edition_id: int, deliveries: Collection[int]) -> list[int]:
    """Take letters that wait for a person as sent, at the moment at which they were last tried."""
    return _change(connection, edition_id, deliveries, PARKED, state=DeliveryState.SENT, sent_at=delivery.c.sending_at)


def not_known_after_all(connection: Connection, edition_id: int, deliveries: Collection[int]) -> list[int]:
    """Take back that letters arrived."""
    is_sent = delivery.c.state == DeliveryState.SENT
    return _change(connection, edition_id, deliveries, is_sent, state=DeliveryState.IN_DOUBT, sent_at=None)


def once_more(connection: Connection, edition_id: int, deliveries: Collection[int], now: datetime) -> list[int]:
    """Let letters that wait for a person go once more, with the Message-ID that they had.

    An edition that was done with is sent again for them; one that is stopped stays so.
    """
    freed = _change(connection, edition_id, deliveries, PARKED, next_try_at=now)
    if freed:
        connection.execute(
            update(edition)
            .where(edition.c.id == edition_id, edition.c.state == EditionState.SENT)
            .values(state=EditionState.FROZEN, released_at=now, sent_at=None)
        )
    return freed


def no_more(connection: Connection, edition_id: int, deliveries: Collection[int]) -> list[int]:
    """Keep letters from going once more, as long as nobody began to send them."""
    return _change(connection, edition_id, deliveries, ON_ITS_WAY, next_try_at=None)


def _change(
    connection: Connection, edition_id: int, deliveries: Collection[int], when: object, **values: object
) -> list[int]:
    changed = (
        update(delivery)
        .where(delivery.c.edition_id == edition_id, delivery.c.id.in_(deliveries), when)  # type: ignore[arg-type]
        .values(**values)
        .returning(delivery.c.id)
    )
    return sorted(connection.execute(changed).scalars())
