"""The ledger of one sender: what became of letters is entered, and the next ones are taken, in one commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Text, bindparam, case, cast, insert, null, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from digest.claims import LEASE, WAITING
from digest.prepared import Prepared
from digest.records import Claim, DeliveryState, EditionState, SubscriberState
from digest.settlement import Settlement
from digest.tables import delivery, edition, pace, sender_lease, subscriber
from digest.wishes import Wishes

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


def _of_reader(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return select(column).where(subscriber.c.id == delivery.c.subscriber_id).scalar_subquery()


def _claim(number: int) -> ReturningUpdate[Any]:
    """Take so many deliveries at once, as they and their readers are now; gives what a Claim holds.

    Whose reader left is cancelled; whose edition is not being sent any more, or that waits no longer, stays as it is.
    """
    left = _of_reader(subscriber.c.state) == SubscriberState.LEFT
    going = select(edition.c.id).where(edition.c.id == delivery.c.edition_id, edition.c.state == EditionState.SENDING)
    return (
        update(delivery)
        .where(
            delivery.c.id.in_([bindparam(f"wanted{which}") for which in range(number)]),
            or_(
                (delivery.c.state == DeliveryState.QUEUED) & delivery.c.next_try_at.is_(None),
                or_(*(delivery.c.state == state for state in WAITING)) & delivery.c.next_try_at.is_not(None),
            ),
            going.exists(),
        )
        .values(
            state=case((left, DeliveryState.CANCELLED), else_=DeliveryState.SENDING),
            attempts=delivery.c.attempts + case((left, 0), else_=1),
            sending_at=case((left, delivery.c.sending_at), else_=bindparam("now")),
            next_try_at=case((left, null()), else_=delivery.c.next_try_at),
        )
        .returning(
            delivery.c.id.label("delivery_id"),
            *(delivery.c[name] for name in ("state", "message_id", "attempts", "doubts")),
            cast(delivery.c.wishes, Text).label("wishes"),
            *(_of_reader(subscriber.c[name]).label(name) for name in ("email", "name", "token", "preferences_token")),
        )
    )


class LeaseLost(Exception):
    """Another sender took over while this one was silent for too long."""


class Ledger:
    """The deliveries as the sender called `holder` keeps them; its statements are made ready once."""

    def __init__(self, engine: Engine, holder: str) -> None:
        self.engine = engine
        self.holder = holder
        self.settling = Prepared(SETTLE, engine.dialect)
        self.renewing = Prepared(RENEW, engine.dialect)
        self.claiming: dict[int, Prepared] = {}

    def settle(self, settlements: Collection[Settlement], now: datetime) -> None:
        """Commit what became of letters, whoever holds the lease."""
        with self.engine.begin() as connection:
            self._settle(connection, settlements, now)

    def turn(
        self,
        settlements: Collection[Settlement],
        wanted: Collection[int],
        moved: Mapping[str, datetime],
        now: datetime,
        until: datetime,
    ) -> tuple[Claim, ...]:
        """Commit what became of letters, and the next ones as sending (or cancelled, when their reader left).

        Both in one transaction, which also renews the lease `until` then and keeps what `moved` in the pace. A wanted
        delivery whose edition is not being sent any more is left as it is. Raises LeaseLost when another sender took
        over; what became of the letters is kept even then.
        """
        claims: tuple[Claim, ...] = ()
        with self.engine.begin() as connection:
            self._settle(connection, settlements, now)
            renewed = self.renewing.run(connection, {"by": self.holder, "until": until})
            if renewed == 1:
                claims = self._claim(connection, wanted, now) if wanted else ()
                _keep_pace(connection, moved)
        if renewed != 1:
            raise LeaseLost("Een andere verzender heeft het werk overgenomen.")
        return claims

    def _settle(self, connection: Connection, settlements: Collection[Settlement], now: datetime) -> None:
        if not settlements:
            return
        values = (
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
        )
        self.settling.run(connection, *values)

    def _claim(self, connection: Connection, wanted: Collection[int], now: datetime) -> tuple[Claim, ...]:
        if len(wanted) not in self.claiming:
            self.claiming[len(wanted)] = Prepared(_claim(len(wanted)), self.engine.dialect)
        values = {f"wanted{which}": delivery_id for which, delivery_id in enumerate(wanted)}
        rows = self.claiming[len(wanted)].fetch(connection, {**values, "now": now})
        return tuple(Claim(**row | {"wishes": Wishes.model_validate_json(row["wishes"])}) for row in rows)


def _keep_pace(connection: Connection, moved: Mapping[str, datetime]) -> None:
    for name, moment in moved.items():
        known = connection.execute(update(pace).where(pace.c.name == name).values(free_at=moment))
        if known.rowcount == 0:
            connection.execute(insert(pace).values(name=name, free_at=moment))
