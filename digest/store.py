"""Editions in the database, with who gets them; each write is one transaction.

Every transaction begins with its write: SQLite then takes its lock at once and PostgreSQL holds the row, so that
nothing is decided on what another process is just changing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from digest import collection
from digest.edition import Audience, Edition
from digest.records import (
    Delivery,
    DeliveryState,
    DeliverySummary,
    EditionRefused,
    EditionState,
    StoredEdition,
    SubscriberState,
)
from digest.tables import delivery, edition, edition_entry, subscriber
from digest.wishes import Rhythm, Wishes

Witness = Callable[[Connection, StoredEdition, Mapping[str, object]], None]  # and what there is to tell: how many, why


def nobody(connection: Connection, stored: StoredEdition, told: Mapping[str, object]) -> None:
    """Write nothing down."""


def save_draft(engine: Engine, content: Edition, now: datetime) -> int:
    """Keep an edition as the draft of its audience and issue, in place of an earlier draft; gives its id.

    Raises EditionRefused when that edition is frozen already.
    """
    values = {
        "rhythm": content.rhythm,
        "number": content.number,
        "content": content.canonical_json,
        "content_hash": content.content_hash,
        "subject": content.subject,
        "created_at": now,
    }
    ours = and_(edition.c.audience == content.audience, edition.c.issue == content.issue)
    is_draft = edition.c.state == EditionState.DRAFT
    try:
        with engine.begin() as connection:
            replaced = connection.execute(
                update(edition).where(ours, is_draft).values(values).returning(edition.c.id)
            ).scalar()
            if replaced is not None:
                return int(replaced)
            key = {"audience": content.audience, "issue": content.issue, "state": EditionState.DRAFT}
            return int(connection.execute(insert(edition).values(values | key).returning(edition.c.id)).scalar_one())
    except IntegrityError:
        raise EditionRefused(
            f"De brief {content.issue} voor {content.audience.plural} is al vastgezet en kan niet meer veranderen."
            " Wat daarna gekozen is, gaat mee met de brief van de volgende week."
        ) from None


def freeze(
    engine: Engine,
    edition_id: int,
    now: datetime,
    domain: str,
    *,
    also_empty: bool = False,
    witness: Witness = nobody,
) -> int:
    """Fix a draft and queue one delivery for each subscriber it is for, in one transaction; gives their number.

    It is for the active readers of its audience and rhythm who have no pause, and for whom something is in it; with
    `also_empty` also for those for whom nothing is. `domain` stands behind the @ of the Message-IDs. `witness` writes
    down that it was fixed. Raises EditionRefused when the edition is no draft, holds what its audience got before, or
    has a number used since.
    """
    with engine.begin() as connection:
        taken = connection.execute(
            update(edition)
            .where(edition.c.id == edition_id, edition.c.state == EditionState.DRAFT)
            .values(state=EditionState.FROZEN, frozen_at=now)
        )
        stored = read_edition(connection, edition_id)
        if taken.rowcount != 1:
            raise EditionRefused(f"Editie {edition_id} is geen concept meer ({stored.state}).")
        _refuse_repeats(connection, stored)
        references = [entry.reference for entry in stored.content.entries]
        if references:
            connection.execute(
                insert(edition_entry),
                [
                    {"edition_id": edition_id, "position": position, "reference": reference}
                    for position, reference in enumerate(references, start=1)
                ],
            )
        collection.publish(connection, stored, now)
        letters = _queue_deliveries(connection, stored, now, domain, also_empty=also_empty)
        witness(connection, stored, {"readers": letters})
        return letters


def _refuse_repeats(connection: Connection, stored: StoredEdition) -> None:
    before = select(edition.c.number).where(
        edition.c.audience == stored.audience,
        edition.c.rhythm == stored.rhythm,
        edition.c.state != EditionState.DRAFT,
        edition.c.id != stored.id,
        edition.c.number == stored.number,
    )
    if connection.execute(before).first():
        raise EditionRefused(f"Nummer {stored.number} is al gebruikt; stel editie {stored.id} opnieuw samen.")
    repeated = _sent_references(connection, stored.audience, stored.rhythm) & {
        e.reference for e in stored.content.entries
    }
    if repeated:
        raise EditionRefused(
            f"Editie {stored.id} bevat berichten die {stored.audience.plural} al kregen: {', '.join(sorted(repeated))}."
        )


def _queue_deliveries(
    connection: Connection, stored: StoredEdition, now: datetime, domain: str, *, also_empty: bool
) -> int:
    pause_over = subscriber.c.paused_until.is_(None) | (subscriber.c.paused_until <= stored.content.composed_on)
    readers = connection.execute(
        select(subscriber.c.id, subscriber.c.wishes, subscriber.c.also_empty)
        .where(
            subscriber.c.audience == stored.audience,
            subscriber.c.rhythm == stored.rhythm,
            subscriber.c.state == SubscriberState.ACTIVE,
            pause_over,
        )
        .order_by(subscriber.c.id)
    )
    something = _Something(stored.content)
    rows = [
        {
            "edition_id": stored.id,
            "subscriber_id": reader.id,
            "message_id": message_id(stored.content_hash, now, reader.id, domain),
            "wishes": reader.wishes,
            "state": DeliveryState.QUEUED,
            "attempts": 0,
            "response": "",
        }
        for reader in readers
        if also_empty or reader.also_empty or something.is_in_it_for(reader.wishes)
    ]
    if rows:
        connection.execute(insert(delivery), rows)
    return len(rows)


class _Something:
    """Answers whether an edition holds something for a reader; few wishes differ, so each is looked at once."""

    def __init__(self, content: Edition) -> None:
        self.content = content
        self.answers: dict[str, bool] = {}

    def is_in_it_for(self, wishes: Any) -> bool:
        key = json.dumps(wishes, sort_keys=True)
        if key not in self.answers:
            self.answers[key] = bool(self.content.only(Wishes.model_validate(wishes)).entries)
        return self.answers[key]


def message_id(content_hash: str, frozen_at: datetime, subscriber_id: int, domain: str) -> str:
    """The Message-ID of one frozen edition to one subscriber: always the same for the same two."""
    name = hashlib.sha256(f"{content_hash} {frozen_at.isoformat()} {subscriber_id}".encode()).hexdigest()[:32]
    return f"<{name}@{domain}>"


def editions(engine: Engine, *states: EditionState) -> tuple[StoredEdition, ...]:
    """The editions in the given states (all without any), the newest first."""
    query = select(edition).order_by(edition.c.id.desc())
    if states:
        query = query.where(edition.c.state.in_(states))
    with engine.connect() as connection:
        return tuple(_as_edition(row) for row in connection.execute(query).mappings())


def find_edition(engine: Engine, edition_id: int) -> StoredEdition:
    """One edition; raises EditionRefused when there is none of that number."""
    with engine.connect() as connection:
        return read_edition(connection, edition_id)


def frozen_since(engine: Engine, audience: Audience, rhythm: Rhythm, moment: datetime) -> tuple[StoredEdition, ...]:
    """The editions of an audience and rhythm that were frozen after a moment, the oldest first."""
    query = (
        select(edition)
        .where(edition.c.audience == audience, edition.c.rhythm == rhythm, edition.c.frozen_at > moment)
        .order_by(edition.c.id)
    )
    with engine.connect() as connection:
        return tuple(_as_edition(row) for row in connection.execute(query).mappings())


def edition_of(engine: Engine, audience: Audience, issue: str) -> StoredEdition | None:
    """The edition of an audience and issue, if there is one."""
    query = select(edition).where(edition.c.audience == audience, edition.c.issue == issue)
    with engine.connect() as connection:
        row = connection.execute(query).mappings().first()
    return _as_edition(row) if row else None


def sent_references(engine: Engine, audience: Audience, rhythm: Rhythm = Rhythm.WEEK) -> frozenset[str]:
    """References that an audience got before in this rhythm: of its frozen, sending, stopped and sent editions."""
    with engine.connect() as connection:
        return _sent_references(connection, audience, rhythm)


def told_before(engine: Engine, audience: Audience) -> dict[str, int]:
    """In which number of its weekly letter an audience got each entry, by reference; drafts tell nothing."""
    query = (
        select(edition_entry.c.reference, edition.c.number)
        .join(edition)
        .where(edition.c.audience == audience, edition.c.rhythm == Rhythm.WEEK)
    )
    with engine.connect() as connection:
        return {row.reference: row.number for row in connection.execute(query)}


def _sent_references(connection: Connection, audience: Audience, rhythm: Rhythm) -> frozenset[str]:
    query = (
        select(edition_entry.c.reference)
        .join(edition)
        .where(edition.c.audience == audience, edition.c.rhythm == rhythm)
    )
    return frozenset(connection.execute(query).scalars())


def next_number(engine: Engine, audience: Audience, rhythm: Rhythm = Rhythm.WEEK) -> int:
    """The number of the next edition of an audience in this rhythm; drafts use none up."""
    query = select(func.max(edition.c.number)).where(
        edition.c.audience == audience, edition.c.rhythm == rhythm, edition.c.state != EditionState.DRAFT
    )
    with engine.connect() as connection:
        return (connection.execute(query).scalar() or 0) + 1


def move(engine: Engine, edition_id: int, to: EditionState, *come_from: EditionState) -> bool:
    """Bring an edition into another state when it is in one of `come_from`; False when it was not."""
    with engine.begin() as connection:
        moved = connection.execute(
            update(edition).where(edition.c.id == edition_id, edition.c.state.in_(come_from)).values(state=to)
        )
    return moved.rowcount == 1


def stop(engine: Engine, edition_id: int, witness: Witness = nobody, why: str = "") -> bool:
    """Hold an edition back, also in the middle of sending; False when it was not on its way."""
    on_its_way = edition.c.state.in_((EditionState.FROZEN, EditionState.SENDING))
    return _turn(engine, edition_id, on_its_way, {"state": EditionState.STOPPED}, witness, {"way": why} if why else {})


def resume(engine: Engine, edition_id: int, now: datetime, witness: Witness = nobody) -> bool:
    """Let a stopped edition go on, however old it is; False when it was not stopped."""
    stopped = edition.c.state == EditionState.STOPPED
    return _turn(engine, edition_id, stopped, {"state": EditionState.FROZEN, "released_at": now}, witness, {})


def _turn(
    engine: Engine,
    edition_id: int,
    wanted: ColumnElement[bool],
    values: dict[str, Any],
    witness: Witness,
    told: Mapping[str, object],
) -> bool:
    with engine.begin() as connection:
        turned = connection.execute(update(edition).where(edition.c.id == edition_id, wanted).values(values))
        if turned.rowcount == 1:
            witness(connection, read_edition(connection, edition_id), told)
    return turned.rowcount == 1


def deliveries(engine: Engine, edition_id: int) -> tuple[Delivery, ...]:
    """Who gets an edition and what became of each letter, in the order of sending."""
    query = (
        select(delivery, subscriber.c.email, subscriber.c.name)
        .join(subscriber)
        .where(delivery.c.edition_id == edition_id)
        .order_by(delivery.c.id)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(Delivery(**{key: row[key] for key in row if key not in ("subscriber_id", "wishes")}) for row in rows)


def deliveries_summary(engine: Engine, edition_id: int) -> DeliverySummary:
    """How many deliveries of an edition are in each state."""
    query = select(delivery.c.state, func.count()).where(delivery.c.edition_id == edition_id).group_by(delivery.c.state)
    with engine.connect() as connection:
        return DeliverySummary({row[0]: row[1] for row in connection.execute(query)})


def read_edition(connection: Connection, edition_id: int) -> StoredEdition:
    """One edition as this transaction sees it; raises EditionRefused when there is none of that number."""
    row = connection.execute(select(edition).where(edition.c.id == edition_id)).mappings().first()
    if row is None:
        raise EditionRefused(f"Er is geen editie met nummer {edition_id}.")
    return _as_edition(row)


def _as_edition(row: RowMapping) -> StoredEdition:
    content = Edition.model_validate_json(row["content"])
    intact = hashlib.sha256(row["content"].encode()).hexdigest() == row["content_hash"]
    return StoredEdition(**{**row, "content": content, "intact": intact})
