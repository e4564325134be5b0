"""Subscribers in the database: signing up with proof of consent, and leaving."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from digest import address, dutch, suppressions
from digest.bounce_tables import Suppression
from digest.consent import OUR_CLOCK, Consent, NewSubscriber, Preferences
from digest.edition import Audience
from digest.records import Subscriber, SubscriberState
from digest.tables import subscriber
from digest.wishes import Rhythm, Wishes

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
    left and has not agreed anew on a later day, or must not be mailed (`digest.suppressions`).
    """
    added: list[str] = []
    already: list[str] = []
    refused: list[str] = []
    with engine.begin() as connection:
        for newcomer in newcomers:
            known = find(connection, newcomer.email)
            reason = _reason_against(newcomer, known) or _suppressed(connection, newcomer)
            if reason:
                refused.append(f"{newcomer.email}: {reason}")
            elif known and known.state is SubscriberState.ACTIVE:
                already.append(newcomer.email)
            else:
                suppressions.lift(connection, newcomer.email)
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


def _suppressed(connection: Connection, newcomer: NewSubscriber) -> str:
    """Why the hashed list keeps somebody off; asking to be left alone gives way to consent of a later day only."""
    reason = suppressions.reason_of(connection, newcomer.email)
    since = suppressions.since(connection, newcomer.email)
    if reason is None or since is None:
        return ""
    if reason is Suppression.COMPLAINT:
        return "heeft een brief als ongewenst gemeld en wordt niet meer gemaild"
    if reason is Suppression.BOUNCED:
        return "mail naar dit adres komt niet aan"
    asked_on = since.astimezone(OUR_CLOCK).date()
    if newcomer.consent.when > asked_on:
        return ""
    return f"wilde op {dutch.day(asked_on)} geen brief meer; er is toestemming van na die dag nodig"


def take_in(connection: Connection, newcomer: NewSubscriber, now: datetime) -> Subscriber:
    """Sign up somebody who confirmed it from their own mailbox; who gets a letter already is left as they are.

    Their own word undoes an earlier leaving. It does not undo a complaint: see `digest.confirmations`.
    """
    known = find(connection, newcomer.email)
    if known is None or known.state is not SubscriberState.ACTIVE:
        suppressions.lift(connection, newcomer.email)
        _sign_up(connection, newcomer, known, now)
    reader = find(connection, newcomer.email)
    assert reader is not None
    return reader


def _sign_up(connection: Connection, newcomer: NewSubscriber, known: Subscriber | None, now: datetime) -> None:
    values = {
        "state": SubscriberState.ACTIVE,
        "consent": newcomer.consent.model_dump(mode="json"),
        "paused_until": None,
        "created_at": now,
        "left_at": None,
    }
    values |= _chosen(newcomer)
    if known:
        connection.execute(update(subscriber).where(subscriber.c.id == known.id).values(values))
        return
    tokens = {name: secrets.token_urlsafe(TOKEN_BYTES) for name in ("token", "preferences_token")}
    connection.execute(insert(subscriber).values(values | tokens | {"email": newcomer.email}))


def _chosen(preferences: Preferences) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(preferences, name) for name in Preferences.model_fields}
    return values | {"wishes": preferences.wishes.model_dump(mode="json", exclude_defaults=True)}


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


def by_preferences_token(engine: Engine, token: str) -> Subscriber | None:
    """Whose own page the secret opens; None when nobody's."""
    with engine.connect() as connection:
        row = connection.execute(select(subscriber).where(subscriber.c.preferences_token == token)).mappings().first()
    return _as_subscriber(row) if row else None


def change(engine: Engine, subscriber_id: int, preferences: Preferences, paused_until: date | None) -> None:
    """Keep what a reader chose on their own page."""
    values = _chosen(preferences) | {"paused_until": paused_until}
    with engine.begin() as connection:
        connection.execute(update(subscriber).where(subscriber.c.id == subscriber_id).values(values))


def by_email(engine: Engine, email: str) -> Subscriber | None:
    """The subscriber with an address, in any spelling of it; raises ValueError when it is no address."""
    with engine.connect() as connection:
        return find(connection, address.normalised(email))


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


def any_reads(engine: Engine, audience: Audience, rhythm: Rhythm, *, also_empty: bool = False) -> bool:
    """Whether an audience has a reader in this rhythm; with `also_empty` one who wants a letter with nothing in it."""
    query = select(subscriber.c.id).where(
        subscriber.c.audience == audience,
        subscriber.c.rhythm == rhythm,
        subscriber.c.state == SubscriberState.ACTIVE,
    )
    if also_empty:
        query = query.where(subscriber.c.also_empty)
    with engine.connect() as connection:
        return connection.execute(query.limit(1)).first() is not None


def find(connection: Connection, email: str) -> Subscriber | None:
    """The subscriber with an address in its one spelling, within a transaction."""
    row = connection.execute(select(subscriber).where(subscriber.c.email == email)).mappings().first()
    return _as_subscriber(row) if row else None


def _as_subscriber(row: RowMapping) -> Subscriber:
    values = {"consent": Consent.model_validate(row["consent"]), "wishes": Wishes.model_validate(row["wishes"])}
    return Subscriber(**{**row, **values})
