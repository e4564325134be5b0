"""Mails that people ask for on the pages: to confirm that they want the letter, or to find their own page.

Asking always looks the same from outside, whoever has the address: what follows is told in that mailbox only. Nobody
can fill a stranger's mailbox with it: one address gets few such mails, and all together get a bounded number.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from digest import subscribers, suppressions
from digest.bounce_tables import Suppression
from digest.consent import OUR_CLOCK, Consent, NewSubscriber, Preferences
from digest.consent_text import CURRENT
from digest.public_tables import confirmation
from digest.records import Confirmation, Purpose, Subscriber, SubscriberState
from digest.tables import subscriber

VALID = timedelta(days=7)
PER_ADDRESS = ((timedelta(minutes=10), 1), (timedelta(days=1), 3))
TOGETHER = (timedelta(hours=1), 200)
FIRST_WAIT = timedelta(minutes=1)
MOST_TRIES = 8
HOW = "zelf aangemeld op de site en bevestigd vanuit de eigen mailbox"


class TooManyAsked(Exception):
    """So many mails were asked for by everybody together that no more are taken on for now."""


def ask_to_sign_up(engine: Engine, email: str, preferences: Preferences, now: datetime) -> None:
    """Note that somebody wants the letter; who gets it already is sent the way to their own page instead.

    Raises TooManyAsked, as `ask_for_own_page` does.
    """
    with engine.begin() as connection:
        _refuse_flood(connection, now)
        if not _may_be_mailed(connection, email, now):
            return
        purpose = Purpose.PREFERENCES if _reads(connection, email) else Purpose.SIGN_UP
        _note(connection, purpose, email, preferences.model_dump(mode="json"), now)


def ask_for_own_page(engine: Engine, email: str, now: datetime) -> None:
    """Note that somebody wants to see or change what is kept of them; only who is known is mailed."""
    with engine.begin() as connection:
        _refuse_flood(connection, now)
        if _knows(connection, email) and _may_be_mailed(connection, email, now):
            _note(connection, Purpose.PREFERENCES, email, {}, now)


def is_open(engine: Engine, token: str, now: datetime) -> bool:
    """Whether a link to confirm may still be used."""
    with engine.connect() as connection:
        return connection.execute(select(confirmation.c.id).where(*_usable(token, now))).first() is not None


def confirm(engine: Engine, token: str, now: datetime) -> Subscriber | None:
    """Sign up whoever the link was mailed to; pressing the button again changes nothing. None: too late or wrong."""
    with engine.begin() as connection:
        row = connection.execute(
            update(confirmation)
            .where(*_usable(token, now))
            .values(used_at=func.coalesce(confirmation.c.used_at, now))
            .returning(confirmation)
        ).first()
        if row is None or suppressions.reason_of(connection, row.email) is Suppression.COMPLAINT:
            return None
        if row.used_at < now:
            return subscribers.find(connection, row.email)
        return subscribers.take_in(connection, _newcomer(row, now), now)


def due(engine: Engine, now: datetime, limit: int = 50) -> tuple[Confirmation, ...]:
    """The mails that should go now, those that were asked for first before the others."""
    columns = [confirmation.c[name] for name in Confirmation.__dataclass_fields__]
    query = (
        select(*columns)
        .where(confirmation.c.next_try_at <= now, confirmation.c.expires_at > now)
        .order_by(confirmation.c.id)
        .limit(limit)
    )
    with engine.connect() as connection:
        return tuple(Confirmation(**row) for row in connection.execute(query).mappings())


def note_try(engine: Engine, one: Confirmation, now: datetime) -> None:
    """Count a try before it is made, and say when the next would be; after too many there is none."""
    wait = FIRST_WAIT * 2**one.attempts
    again = now + wait if one.attempts + 1 < MOST_TRIES else None
    _settle(engine, one, attempts=one.attempts + 1, next_try_at=again)


def note_mailed(engine: Engine, one: Confirmation, now: datetime) -> None:
    """The mail server took it."""
    _settle(engine, one, mailed_at=now, next_try_at=None)


def give_up(engine: Engine, one: Confirmation) -> None:
    """The mail server will never take it: somebody mistyped their address."""
    _settle(engine, one, next_try_at=None)


def own_page_token(engine: Engine, email: str) -> str:
    """The secret of a reader's own page, for the mail with the way to it; "" when there is no such reader."""
    with engine.connect() as connection:
        known = subscribers.find(connection, email)
    return known.preferences_token if known else ""


def _settle(engine: Engine, one: Confirmation, **values: Any) -> None:
    with engine.begin() as connection:
        connection.execute(update(confirmation).where(confirmation.c.id == one.id).values(values))


def _usable(token: str, now: datetime) -> tuple[Any, ...]:
    return (
        confirmation.c.token == token,
        confirmation.c.purpose == Purpose.SIGN_UP,
        confirmation.c.expires_at > now,
    )


def _note(connection: Connection, purpose: Purpose, email: str, preferences: dict[str, Any], now: datetime) -> None:
    connection.execute(
        insert(confirmation).values(
            token=secrets.token_urlsafe(24),
            purpose=purpose,
            email=email,
            preferences=preferences,
            text_version=CURRENT,
            asked_at=now,
            expires_at=now + VALID,
            next_try_at=now,
        )
    )


def _refuse_flood(connection: Connection, now: datetime) -> None:
    within, most = TOGETHER
    asked = select(func.count()).where(confirmation.c.asked_at > now - within)
    if connection.execute(asked).scalar_one() >= most:
        raise TooManyAsked


def _may_be_mailed(connection: Connection, email: str, now: datetime) -> bool:
    if suppressions.reason_of(connection, email) is Suppression.COMPLAINT:
        return False
    asked = select(func.count()).where(confirmation.c.email == email)
    return all(
        connection.execute(asked.where(confirmation.c.asked_at > now - within)).scalar_one() < most
        for within, most in PER_ADDRESS
    )


def _reads(connection: Connection, email: str) -> bool:
    active = (subscriber.c.email == email, subscriber.c.state == SubscriberState.ACTIVE)
    return connection.execute(select(subscriber.c.id).where(*active)).first() is not None


def _knows(connection: Connection, email: str) -> bool:
    return connection.execute(select(subscriber.c.id).where(subscriber.c.email == email)).first() is not None


def _newcomer(row: Any, now: datetime) -> NewSubscriber:
    consent = Consent(
        how=HOW,
        when=now.astimezone(OUR_CLOCK).date(),
        text_version=row.text_version,
        by="/aanmelden",
        asked_at=row.asked_at,
        confirmed_at=now,
    )
    return NewSubscriber(email=row.email, consent=consent, **row.preferences)
