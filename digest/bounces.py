"""What came back, taken into the books: who is not mailed any more, who is spared for a while, and who left."""

from __future__ import annotations

import email
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.policy import default
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, null, select, update

from digest import subscribers
from digest.bounce_tables import BounceKind, Suppression, bounce
from digest.consent import OUR_CLOCK
from digest.records import DeliveryState, SubscriberState
from digest.returned import STATUS, Returned, ReturnedKind, kind_of, read
from digest.suppressions import suppress
from digest.tables import delivery, subscriber

SPARE = (timedelta(0), timedelta(weeks=2), timedelta(weeks=4))  # after one, two, three letters in a row that came back
KINDS = {
    ReturnedKind.SOFT: BounceKind.SOFT,
    ReturnedKind.HARD: BounceKind.HARD,
    ReturnedKind.COMPLAINT: BounceKind.COMPLAINT,
}


@dataclass(frozen=True)
class TakenIn:
    """What was done with a mail: `told` says it in Dutch; `handled` is False when a person has to read it."""

    kind: ReturnedKind
    handled: bool
    told: str


@dataclass(frozen=True)
class Bounce:
    """One letter that came back; `at` is an aware UTC moment, `delivery_id` None when it is not known which letter."""

    email: str
    delivery_id: int | None
    kind: BounceKind
    status: str
    detail: str
    at: datetime


def take_in(engine: Engine, raw: bytes, now: datetime) -> TakenIn:
    """Read one mail and do what it asks; the same mail twice is counted once."""
    returned = read(raw)
    if returned.kind is ReturnedKind.PERSON:
        return TakenIn(returned.kind, False, "Dit is geen retourmail. Lees deze mail zelf.")
    if returned.kind is ReturnedKind.NOTHING:
        return TakenIn(returned.kind, True, "Een automatisch antwoord of een melding; er hoeft niets te gebeuren.")
    if returned.kind is ReturnedKind.LEAVE:
        reader = subscribers.leave(engine, returned.token, now)
        if reader is None:
            return TakenIn(
                returned.kind, False, "Hier meldt iemand zich af met een code die niet klopt. Lees deze mail zelf."
            )
        return TakenIn(returned.kind, True, f"{reader.email} is afgemeld.")
    with engine.begin() as connection:
        whose = _whose(connection, returned)
        if whose is None:
            return TakenIn(returned.kind, False, "Het is niet te zien van welke brief dit komt. Lees deze mail zelf.")
        return TakenIn(returned.kind, True, _note(connection, whose, returned, _fingerprint(raw), now))


def take_refusals(engine: Engine, now: datetime) -> tuple[str, ...]:
    """Treat what the mail server refused at once as if it had come back later; tells what was done (Dutch)."""
    query = (
        _deliveries()
        .outerjoin(bounce, bounce.c.delivery_id == delivery.c.id)
        .where(delivery.c.state == DeliveryState.REFUSED, delivery.c.response.like("5%"), bounce.c.id.is_(None))
        .order_by(delivery.c.id)
    )
    with engine.begin() as connection:
        return tuple(
            _note(connection, row, _refusal(row["response"]), _hash(f"refused {row['message_id']}".encode()), now)
            for row in connection.execute(query).mappings().all()
        )


def bounces_of(engine: Engine, edition_id: int) -> Mapping[int, Bounce]:
    """The letters of an edition that came back, by the id of their delivery; the last word on each."""
    query = _bounces().where(delivery.c.edition_id == edition_id).order_by(bounce.c.id)
    with engine.connect() as connection:
        return {row["delivery_id"]: Bounce(**row) for row in connection.execute(query).mappings()}


def latest(engine: Engine, limit: int = 50) -> tuple[Bounce, ...]:
    """What came back last, the newest first."""
    with engine.connect() as connection:
        return tuple(
            Bounce(**row) for row in connection.execute(_bounces().order_by(bounce.c.id.desc()).limit(limit)).mappings()
        )


def _note(connection: Connection, whose: RowMapping, returned: Returned, fingerprint: str, now: datetime) -> str:
    address = str(whose["email"])
    known = select(bounce.c.id).where(bounce.c.fingerprint == fingerprint)
    if connection.execute(known).first():
        return f"De brief aan {address} was al als teruggekomen bekend."
    kind = KINDS[returned.kind]
    values = {"subscriber_id": whose["subscriber_id"], "delivery_id": whose["delivery_id"], "kind": kind, "at": now}
    said = {"status": returned.status, "detail": returned.detail, "fingerprint": fingerprint}
    connection.execute(insert(bounce).values(values | said))
    if kind is BounceKind.COMPLAINT:
        _stop(connection, whose, Suppression.COMPLAINT, now)
        return f"{address} noemt de brief ongewenst en krijgt niets meer."
    if whose["sending_at"] and whose["created_at"] > whose["sending_at"]:
        return f"Een oude brief aan {address} kwam terug; die heeft zich daarna opnieuw aangemeld."
    times = _in_a_row(connection, whose["subscriber_id"])
    if kind is BounceKind.HARD or times > len(SPARE):
        _stop(connection, whose, Suppression.BOUNCED, now)
        return f"De brief aan {address} kan niet aankomen ({returned.status or 'geen code'}); er gaat niets meer heen."
    spare = SPARE[max(times, 1) - 1]
    if spare:
        until = (now + spare).astimezone(OUR_CLOCK).date()
        longer = subscriber.c.paused_until.is_(None) | (subscriber.c.paused_until < until)
        connection.execute(
            update(subscriber).where(subscriber.c.id == whose["subscriber_id"], longer).values(paused_until=until)
        )
        return f"De brief aan {address} kwam {times} keer terug; tot {until:%d-%m-%Y} gaat er niets heen."
    return f"De brief aan {address} kwam terug; de volgende gaat er gewoon weer heen."


def _stop(connection: Connection, whose: RowMapping, reason: Suppression, now: datetime) -> None:
    connection.execute(
        update(subscriber)
        .where(subscriber.c.id == whose["subscriber_id"], subscriber.c.state == SubscriberState.ACTIVE)
        .values(state=SubscriberState.LEFT, left_at=now)
    )
    suppress(connection, whose["email"], reason, now)


def _in_a_row(connection: Connection, subscriber_id: int) -> int:
    """How many of a reader's latest letters came back, up to the first that did not."""
    came_back = select(bounce.c.id).where(bounce.c.delivery_id == delivery.c.id).exists()
    query = (
        select(came_back.label("came_back"))
        .select_from(delivery)
        .where(delivery.c.subscriber_id == subscriber_id, delivery.c.sending_at.is_not(None))
        .order_by(delivery.c.id.desc())
        .limit(len(SPARE) + 1)
    )
    times = 0
    for row in connection.execute(query):
        if not row.came_back:
            break
        times += 1
    return times


def _whose(connection: Connection, returned: Returned) -> RowMapping | None:
    if returned.mark:
        named = _deliveries().where(delivery.c.message_id.like(f"<{returned.mark}@%"))
        return connection.execute(named).mappings().first()
    if returned.token:
        no_letter = (null().label("delivery_id"), null().label("sending_at"))
        reader = select(subscriber.c.id.label("subscriber_id"), subscriber.c.email, subscriber.c.created_at, *no_letter)
        return connection.execute(reader.where(subscriber.c.token == returned.token)).mappings().first()
    return None


def _deliveries() -> Any:
    return select(
        subscriber.c.id.label("subscriber_id"),
        subscriber.c.email,
        subscriber.c.created_at,
        delivery.c.id.label("delivery_id"),
        delivery.c.message_id,
        delivery.c.response,
        delivery.c.sending_at,
    ).join(subscriber, subscriber.c.id == delivery.c.subscriber_id)


def _bounces() -> Any:
    columns = (bounce.c.delivery_id, bounce.c.kind, bounce.c.status, bounce.c.detail, bounce.c.at)
    return (
        select(subscriber.c.email, *columns)
        .join(subscriber, subscriber.c.id == bounce.c.subscriber_id)
        .outerjoin(delivery, delivery.c.id == bounce.c.delivery_id)
    )


def _refusal(response: str) -> Returned:
    found = STATUS.search(response)
    status = found[1] if found else "5.0.0"
    return Returned(kind_of(status, response), status=status, detail=response[:300])


def _fingerprint(raw: bytes) -> str:
    """What makes a report itself: its Message-ID, for the lines on top differ from one way it came to the other."""
    name = str(email.message_from_bytes(raw, policy=default)["Message-ID"] or "").strip()
    return _hash(f"report {name}".encode() if name else raw)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
