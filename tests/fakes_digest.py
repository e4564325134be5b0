"""Real stand-ins for the digest tests: databases, a post office that answers as told, readers and editions."""

from __future__ import annotations

import email
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.policy import SMTP as SMTP_POLICY
from functools import partial

from sqlalchemy import Engine

from digest import claims, store, subscribers
from digest.consent import Consent, NewSubscriber
from digest.edition import Audience, Edition, Entry, compose
from digest.folder import LOOPBACK, LoopbackController
from digest.ledger import Ledger
from digest.records import EditionState
from digest.sample import LETTERHEAD
from digest.smtp import Relay, Security, connect

NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)


def an_entry(reference: str = "a", **values: object) -> Entry:
    return Entry.model_validate(
        {
            "reference": reference,
            "title": f"Titel {reference}",
            "address": f"https://bron.example/{reference}",
            "source": "Bron",
            "published": TODAY,
            "summary": "Huurders beslissen mee.",
            "why": "U kunt dit overnemen.",
        }
        | values
    )


def an_edition(*references: str, issue: str = "2026-W48", number: int = 1) -> Edition:
    entries = [an_entry(reference) for reference in references or ("a", "b")]
    return compose(entries, Audience.GEMEENTE, issue, number, TODAY)


def a_reader(name: str, audience: Audience = Audience.GEMEENTE, when: date = date(2026, 3, 1)) -> NewSubscriber:
    return NewSubscriber(
        email=f"{name}@lezers.example",
        name=name.capitalize(),
        audience=audience,
        consent=Consent(how="formulier op de ledendag", when=when),
    )


def frozen(engine: Engine, readers: int, edition: Edition | None = None) -> int:
    """Sign up readers lezer01, lezer02 ... and freeze an edition for them; gives its id."""
    subscribers.add(engine, [a_reader(f"lezer{number:02}") for number in range(1, readers + 1)], NOW)
    edition_id = store.save_draft(engine, edition or an_edition(), NOW)
    store.freeze(engine, edition_id, NOW, LETTERHEAD.domain)
    return edition_id


def leave_in_doubt(engine: Engine, edition_id: int, deliveries: Sequence[int], now: datetime = NOW) -> None:
    """Have a sender begin these deliveries and fall, with letters in doubt waiting for a person."""
    store.move(engine, edition_id, EditionState.SENDING, EditionState.FROZEN)
    claims.take_lease(engine, "gevallen", now, now)
    Ledger(engine, "gevallen").turn([], deliveries, {}, now, now)
    claims.doubt_interrupted(engine, edition_id, None)


@dataclass(frozen=True)
class Taken:
    """A mail as it came in."""

    recipient: str
    message_id: str
    content: bytes


@dataclass
class Post:
    """A post office: `answers` holds, per step and reader, what to say in turn ("drop" hangs up), then all is well.

    `before` is called with each step and how many of that step there have been, before it is answered.
    """

    answers: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    before: Callable[[str, int], None] = lambda step, number: None
    taken: list[Taken] = field(default_factory=list)
    steps: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tries: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    connections: int = 0
    extensions: tuple[str, ...] = ()
    relay: Relay | None = None

    def connect(self):  # type: ignore[no-untyped-def]
        assert self.relay
        return partial(connect, self.relay)

    def recipients(self) -> list[str]:
        return [mail.recipient.partition("@")[0] for mail in self.taken]

    def _answer(self, server, step: str, recipient: str, otherwise: str) -> str:  # type: ignore[no-untyped-def]
        self.steps[step] += 1
        self.before(step, self.steps[step])
        waiting = self.answers.get((step, recipient.partition("@")[0]), [])
        answer = waiting.pop(0) if waiting else otherwise
        if answer == "drop":
            server.transport.abort()
        return answer

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # type: ignore[no-untyped-def]
        self.connections += 1
        session.host_name = hostname
        return [*(f"250-{extension}" for extension in self.extensions), *responses]

    async def handle_MAIL(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
        answer = self._answer(server, "mail", "", "250 goed")
        envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
        self.tries[address.partition("@")[0]] += 1
        answer = self._answer(server, "rcpt", address, "250 goed")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]
        (recipient,) = envelope.rcpt_tos
        message_id = email.message_from_bytes(envelope.original_content, policy=SMTP_POLICY)["Message-ID"]
        answer = self._answer(server, "data", recipient, "250 goed")
        if answer.startswith("2") or answer == "drop":
            self.taken.append(Taken(recipient, str(message_id), envelope.original_content))
        return answer


@contextmanager
def post_office(post: Post | None = None) -> Iterator[Post]:
    """Run a post office on loopback for the length of the block."""
    post = post or Post()
    controller = LoopbackController(post, hostname=LOOPBACK, port=0)
    controller.start()
    post.relay = Relay(host=LOOPBACK, port=controller.port, security=Security.NONE)
    try:
        yield post
    finally:
        controller.stop()
