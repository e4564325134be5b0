"""What is kept of one reader: to show, to take along, and to erase; and what is let go when its time is over.

AVG articles 15, 17 and 20; what is kept after erasing is a hash, so that an old list cannot sign somebody up again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update

from digest import consent_text, subscribers, suppressions
from digest.bounce_tables import BounceKind, Suppression, bounce
from digest.consent import OUR_CLOCK, Consent
from digest.public_tables import confirmation, tip
from digest.records import DeliveryState, Subscriber, SubscriberState
from digest.tables import delivery, edition, subscriber

READERS = {SubscriberState.ACTIVE: "krijgt de brief", SubscriberState.LEFT: "afgemeld"}
LETTERS = {
    DeliveryState.QUEUED: "wacht",
    DeliveryState.SENDING: "onderweg",
    DeliveryState.SENT: "verstuurd",
    DeliveryState.DEFERRED: "gaat later nog eens",
    DeliveryState.IN_DOUBT: "misschien aangekomen",
    DeliveryState.REFUSED: "geweigerd door de mailserver",
    DeliveryState.CANCELLED: "niet verstuurd",
}
RETURNED = {
    BounceKind.SOFT: "kwam terug, mogelijk tijdelijk",
    BounceKind.HARD: "kan niet aankomen",
    BounceKind.COMPLAINT: "gemeld als ongewenst",
}
ERASED_DOMAIN = "@gewist.invalid"
TIPS_KEPT = timedelta(days=180)


@dataclass(frozen=True)
class LetGo:
    """How many rows of each sort were let go."""

    unconfirmed: int = 0
    left: int = 0
    tips: int = 0


def export(engine: Engine, reader: Subscriber) -> dict[str, Any]:
    """Everything that is kept of a reader, as JSON values with Dutch names; secrets are left out."""
    letters = (
        select(edition.c.issue, edition.c.subject, delivery.c.state, delivery.c.sent_at)
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(delivery.c.subscriber_id == reader.id)
        .order_by(delivery.c.id)
    )
    returned = select(bounce.c.kind, bounce.c.at).where(bounce.c.subscriber_id == reader.id).order_by(bounce.c.id)
    with engine.connect() as connection:
        sent = [
            {"brief": row.issue, "onderwerp": row.subject, "staat": LETTERS[row.state], "verzonden": _text(row.sent_at)}
            for row in connection.execute(letters)
        ]
        bounced = [{"soort": RETURNED[row.kind], "op": _text(row.at)} for row in connection.execute(returned)]
    return {
        "e-mail": reader.email,
        "naam": reader.name,
        "doelgroep": reader.audience.value,
        "staat": READERS[reader.state],
        "keuzes": {
            "hoe vaak": reader.rhythm.value,
            "themas": list(reader.wishes.themes),
            "regio": reader.wishes.region.value,
            "ook als er niets is": reader.also_empty,
            "pauze tot": str(reader.paused_until or ""),
        },
        "toestemming": _consent(reader.consent),
        "aangemeld": _text(reader.created_at),
        "afgemeld": _text(reader.left_at),
        "brieven": sent,
        "teruggekomen mail": bounced,
    }


def _consent(given: Consent) -> dict[str, str]:
    return {
        "hoe": given.how,
        "op": given.when.isoformat(),
        "vastgelegd door": given.by,
        "gevraagd op": _text(given.asked_at),
        "bevestigd op": _text(given.confirmed_at),
        "versie van de tekst": given.text_version,
        "tekst": consent_text.TEXTS.get(given.text_version, ""),
    }


def erase(engine: Engine, subscriber_id: int, reason: Suppression, now: datetime) -> None:
    """Erase who a reader is, at once; letters that wait for them are cancelled when their turn comes.

    How many letters went out stays known, to whom does not.
    """
    with engine.begin() as connection:
        _erase(connection, subscriber_id, reason, now)


def let_go(engine: Engine, now: datetime, kept: timedelta) -> LetGo:
    """Let go of what has been kept long enough: sign-ups that nobody confirmed, who left `kept` ago, handled tips."""
    with engine.begin() as connection:
        unconfirmed = connection.execute(delete(confirmation).where(confirmation.c.expires_at <= now)).rowcount
        tips = connection.execute(delete(tip).where(tip.c.handled_at <= now - TIPS_KEPT)).rowcount
        gone = select(subscriber.c.id).where(
            subscriber.c.state == SubscriberState.LEFT,
            subscriber.c.left_at <= now - kept,
            subscriber.c.email.not_like(f"%{ERASED_DOMAIN}"),
        )
        left = connection.execute(gone).scalars().all()
        for reader in left:
            _erase(connection, reader, Suppression.LEFT, now)
    return LetGo(unconfirmed, len(left), tips)


def _erase(connection: Connection, subscriber_id: int, reason: Suppression, now: datetime) -> None:
    row = connection.execute(select(subscriber).where(subscriber.c.id == subscriber_id)).one()
    if row.email.endswith(ERASED_DOMAIN):
        return
    suppressions.suppress(connection, row.email, reason, row.left_at or now)
    connection.execute(delete(confirmation).where(confirmation.c.email == row.email))
    connection.execute(update(bounce).where(bounce.c.subscriber_id == subscriber_id).values(detail=""))
    connection.execute(update(delivery).where(delivery.c.subscriber_id == subscriber_id).values(response=""))
    connection.execute(
        update(subscriber)
        .where(subscriber.c.id == subscriber_id)
        .values(
            email=f"{subscriber_id}{ERASED_DOMAIN}",
            name="",
            state=SubscriberState.LEFT,
            left_at=row.left_at or now,
            consent={"how": "gewist", "when": now.astimezone(OUR_CLOCK).date().isoformat()},
            wishes={},
            token=secrets.token_urlsafe(subscribers.TOKEN_BYTES),
            preferences_token=secrets.token_urlsafe(subscribers.TOKEN_BYTES),
        )
    )


def _text(moment: datetime | None) -> str:
    return moment.astimezone(OUR_CLOCK).isoformat(timespec="minutes") if moment else ""
