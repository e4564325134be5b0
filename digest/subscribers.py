"""Subscribers in the database: signing up with proof of consent, and leaving."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from digest import address, dutch
from digest.consent import OUR_CLOCK, Consent, NewSubscriber
from digest.edition import Audience
from digest.records import Subscriber, SubscriberState
from digest.tables import subscriber
from digest.wishes import Wishes

TOKEN_BYTES = 24


class SubscriberRefused(Exception):
    """Somebody cannot be signed up; the message gives a reason a line (Dutch), and nobody was added."""


@dataclass(frozen=True)
class Added:
    """Who was signed up, and who had been already (e-mail addresses)."""

    added: tuple[str, ...]
    already: tuple[str, ...]


def add(engine: Engine, newcomers: Sequence[NewSubscriber], now: datetime) -> Added:
    """Sign people up, all or nobody, in one transaction.

    Who gets this letter already is left as they are. Raises SubscriberRefused when somebody follows another audience,
    or left and has not agreed anew on a later day.
    """
    added: list[str] = []
    already: list[str] = []
    refused: list[str] = []
    with engine.begin() as connection:
        for newcomer in newcomers:
            known = _find(connection, newcomer.email)
            reason = _reason_against(newcomer, known)
            if reason:
                refused.append(f"{newcomer.email}: {reason}")
            elif known and known.state is SubscriberState.ACTIVE:
                already.append(newcomer.email)
            else:
                _sign_up(connection, newcomer, known, now)
                added.append(newcomer.email)
        if refused:
            raise SubscriberRefused("\n".join(refused))
    return Added(tuple(added), tuple(already))


def _reason_against(newcomer: NewSubscriber, known: Subscriber | None) -> str:
    if known is None:
        return ""
    if known.state is SubscriberState.ACTIVE:
        if known.audience is newcomer.audience:
            return ""
        return f"krijgt al de brief voor {known.audience.plural}; meld die eerst af"
    left_on = (known.left_at or known.created_at).astimezone(OUR_CLOCK).date()
    if newcomer.consent.when > left_on:
        return ""
    return f"heeft zich op {dutch.day(left_on)} afgemeld; er is toestemming van na die dag nodig"


def _sign_up(connection: Connection, newcomer: NewSubscriber, known: Subscriber | None, now: datetime) -> None:
    values = {
        "name": newcomer.name,
        "audience": newcomer.audience,
        "state": SubscriberState.ACTIVE,
        "consent": newcomer.consent.model_dump(mode="json"),
        "rhythm": newcomer.rhythm,
        "wishes": newcomer.wishes.model_dump(mode="json", exclude_defaults=True),
        "also_empty": newcomer.also_empty,
        "paused_until": None,
        "created_at": now,
        "left_at": None,
    }
    if known:
        connection.execute(update(subscriber).where(subscriber.c.id == known.id).values(values))
        return
    tokens = {name: secrets.token_urlsafe(TOKEN_BYTES) for name in ("token", "preferences_token")}
    connection.execute(insert(subscriber).values(values | tokens | {"email": newcomer.email}))


def leave(engine: Engine, token: str, now: datetime) -> Subscriber | None:
    """Sign off whoever the secret belongs to, again or for the first time; None when it belongs to nobody."""
    with engine.begin() as connection:
        connection.execute(
            update(subscriber)
            .where(subscriber.c.token == token, subscriber.c.state == SubscriberState.ACTIVE)
            .values(state=SubscriberState.LEFT, left_at=now)
        )
        row = connection.execute(select(subscriber).where(subscriber.c.token == token)).mappings().first()
    return _as_subscriber(row) if row else None


def by_token(engine: Engine, token: str) -> Subscriber | None:
    """Whoever the secret in a link belongs to; None when nobody."""
    with engine.connect() as connection:
        row = connection.execute(select(subscriber).where(subscriber.c.token == token)).mappings().first()
    return _as_subscriber(row) if row else None


def by_email(engine: Engine, email: str) -> Subscriber | None:
    """The subscriber with an address, in any spelling of it; raises ValueError when it is no address."""
    with engine.connect() as connection:
        return _find(connection, address.normalised(email))


def subscribers(
    engine: Engine, audience: Audience | None = None, state: SubscriberState | None = SubscriberState.ACTIVE
) -> tuple[Subscriber, ...]:
    """Subscribers by e-mail address, of one audience or of all; only active ones unless `state` says otherwise."""
    query = select(subscriber).order_by(subscriber.c.email)
    if audience is not None:
        query = query.where(subscriber.c.audience == audience)
    if state is not None:
        query = query.where(subscriber.c.state == state)
    with engine.connect() as connection:
        return tuple(_as_subscriber(row) for row in connection.execute(query).mappings())


def _find(connection: Connection, email: str) -> Subscriber | None:
    row = connection.execute(select(subscriber).where(subscriber.c.email == email)).mappings().first()
    return _as_subscriber(row) if row else None


def _as_subscriber(row: RowMapping) -> Subscriber:
    values = {"consent": Consent.model_validate(row["consent"]), "wishes": Wishes.model_validate(row["wishes"])}
    return Subscriber(**{**row, **values})
