"""What the digest remembers, as values: stored editions, subscribers, deliveries and their states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digest.consent import Consent
from digest.edition import Audience, Edition, Entry
from digest.wishes import Rhythm, Wishes


class EditionState(StrEnum):
    """A draft may change; from FROZEN on its content and its readers stand fast."""

    DRAFT = "draft"
    FROZEN = "frozen"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"


class SubscriberState(StrEnum):
    """LEFT is kept so that an old list cannot sign somebody up again."""

    ACTIVE = "active"
    LEFT = "left"


class DeliveryState(StrEnum):
    """What became of one letter to one person.

    queued → sending (committed before a byte goes out) → sent, refused (5xx, never again), deferred (4xx, tried again)
    or in_doubt (nobody knows whether it arrived; sent again with the same Message-ID, or waiting for a person when it
    has no next try). cancelled: left in time.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    DEFERRED = "deferred"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"


OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED, DeliveryState.IN_DOUBT)


class Purpose(StrEnum):
    """What a link that somebody asked for by mail is good for; never for anything else."""

    SIGN_UP = "sign_up"
    PREFERENCES = "preferences"


class EditionRefused(Exception):
    """The edition is not in a state in which this can be done; the message says which and what to do (Dutch)."""


@dataclass(frozen=True)
class StoredEdition:
    """An edition as it is kept; moments are aware UTC, None until it happened.

    `released_at`: when a person last let it go on. `intact`: the content is to the letter what its hash was made of.
    """

    id: int
    audience: Audience
    rhythm: Rhythm
    issue: str
    number: int
    state: EditionState
    content: Edition
    content_hash: str
    subject: str
    created_at: datetime
    frozen_at: datetime | None
    released_at: datetime | None
    sent_at: datetime | None
    intact: bool


@dataclass(frozen=True)
class Subscriber:
    """Somebody who gets, or got, the letter.

    `token` is the secret in the link for leaving and good for nothing else; `preferences_token` opens the page where
    they look at and change what is kept of them. No letter goes out before `paused_until`; `also_empty` asks for one
    even when there is nothing in it.
    """

    id: int
    email: str
    name: str
    audience: Audience
    state: SubscriberState
    consent: Consent
    token: str
    preferences_token: str
    rhythm: Rhythm
    wishes: Wishes
    also_empty: bool
    paused_until: date | None
    created_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class Delivery:
    """One letter to one person: what became of it, and the last answer of the mail server."""

    id: int
    edition_id: int
    email: str
    name: str
    message_id: str
    state: DeliveryState
    attempts: int
    doubts: int
    next_try_at: datetime | None
    response: str
    sending_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True)
class Claim:
    """A delivery taken out of the queue; its state is SENDING, or CANCELLED when the person had left."""

    delivery_id: int
    state: DeliveryState
    message_id: str
    attempts: int
    doubts: int
    email: str
    name: str
    token: str
    preferences_token: str
    wishes: Wishes


@dataclass(frozen=True)
class DeliverySummary:
    """How many deliveries of an edition are in each state."""

    counts: Mapping[DeliveryState, int]

    def __getitem__(self, state: DeliveryState) -> int:
        return self.counts.get(state, 0)

    @property
    def total(self) -> int:
        """All deliveries of the edition."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Deliveries that still need something."""
        return sum(self[state] for state in OPEN)


@dataclass(frozen=True)
class Published:
    """An item as it stands on the public pages; `useful` is how many readers said so."""

    id: int
    entry: Entry
    published_at: datetime
    useful: int


@dataclass(frozen=True)
class Confirmation:
    """A mail that somebody asked for: a link to confirm their signing up, or to their own page."""

    id: int
    token: str
    purpose: Purpose
    email: str
    asked_at: datetime
    expires_at: datetime
    attempts: int


@dataclass(frozen=True)
class Tip:
    """An address that a reader thinks the radar should know, and what they said of it."""

    id: int
    address: str
    remark: str
    told_at: datetime
