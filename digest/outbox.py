"""Sending a frozen edition: one committed row per person, to be resumed anywhere.

    queued    the reader has still to get the letter
    | claim   committed as sending, before the first byte goes out
    | offer   SMTP
    | settle  sent, refused (5xx, never again), deferred (4xx, or broken before the content) or in doubt, committed

A crash between claim and settle leaves a row in sending. The next run calls it in doubt and sends it again with the
same Message-ID and the same bytes: nobody is missed, and a mail server can tell the second from a new letter.
"""

from __future__ import annotations

import hashlib
import smtplib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest import claims, holder, store
from digest.letterhead import Letterhead, Recipient
from digest.message import message
from digest.records import Claim, DeliveryState, DeliverySummary, EditionRefused, EditionState, StoredEdition
from digest.render import Letter, render
from digest.smtp import Answer, Outcome, RelayTrouble, alive, hand_over
from digest.tables import Engine
from digest.wishes import Wishes

LEASE = timedelta(minutes=10)
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
KEEP_TRYING = timedelta(days=5)  # as long as mail servers do (RFC 5321, 4.5.4.1)
BREAKS_IN_A_ROW = 3
REFUSALS_IN_A_ROW = 10

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]  # letters that are done with, and letters in all

STATE_AFTER = {
    Outcome.TAKEN: DeliveryState.SENT,
    Outcome.REFUSED: DeliveryState.REFUSED,
    Outcome.LATER: DeliveryState.DEFERRED,
    Outcome.LOST: DeliveryState.DEFERRED,
    Outcome.UNKNOWN: DeliveryState.IN_DOUBT,
}


@dataclass(frozen=True)
class SendReport:
    """What one run did (`now`) and how the edition stands after it (`summary`).

    `finished`: nothing is left to do. `next_try_at`: when waiting letters are due (aware UTC). `trouble` says in
    Dutch why the run ended before its time; "" when it did not.
    """

    edition_id: int
    now: DeliverySummary
    summary: DeliverySummary
    finished: bool
    next_try_at: datetime | None
    trouble: str = ""


class Trouble(Exception):
    """The run cannot go on; the message says why (Dutch)."""


@dataclass
class Run:
    """One run of sending one edition: what it needs, its connection, and what it counted so far."""

    engine: Engine
    edition: StoredEdition
    frozen_at: datetime
    letterhead: Letterhead
    open_connection: Callable[[], smtplib.SMTP]
    clock: Clock
    name: str
    connection: smtplib.SMTP | None = None
    letters: dict[Wishes, Letter] = field(default_factory=dict)
    done: Counter[DeliveryState] = field(default_factory=Counter)
    breaks: int = 0
    refusals: int = 0


def send(
    engine: Engine,
    edition_id: int,
    letterhead: Letterhead,
    open_connection: Callable[[], smtplib.SMTP],
    clock: Clock,
    on_progress: Progress | None = None,
) -> SendReport:
    """Send what is due of a frozen edition, now; call it again for what had to wait or was interrupted.

    `open_connection` is `digest.smtp.connect` with its relay filled in; `clock` gives aware UTC moments. Raises
    EditionRefused for a draft, a stopped edition, or one whose content is not what was frozen.
    """
    edition = store.find_edition(engine, edition_id)
    if edition.state is EditionState.SENT:
        return _report(engine, edition_id, Counter(), "")
    if edition.frozen_at is None or edition.state not in (EditionState.FROZEN, EditionState.SENDING):
        raise EditionRefused(f"Editie {edition_id} kan niet worden verzonden: de staat is “{edition.state}”.")
    if edition.content.content_hash != edition.content_hash:
        raise EditionRefused(f"Editie {edition_id} is na het vastzetten veranderd; er wordt niets verzonden.")
    run = Run(
        engine=engine,
        edition=edition,
        frozen_at=edition.frozen_at,
        letterhead=letterhead,
        open_connection=open_connection,
        clock=clock,
        name=holder.own_name(),
    )
    if not _take_lease(run):
        return _report(engine, edition_id, Counter(), "Er is al een andere verzender bezig.")
    trouble = ""
    try:
        _work(run, on_progress)
    except (Trouble, RelayTrouble, claims.LeaseLost) as reason:
        trouble = str(reason)
    finally:
        _hang_up(run)
        claims.give_back_lease(engine, run.name, clock())
    claims.finish(engine, edition_id, clock())
    return _report(engine, edition_id, run.done, trouble)


def wait(attempts: int, message_id: str) -> timedelta:
    """How long to wait after so many attempts: doubling from 5 minutes to 4 hours, and up to a half longer.

    The extra part follows from the Message-ID, so that letters deferred together do not all come back together.
    """
    longest: timedelta = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
    spread = int(hashlib.sha256(f"{message_id}{attempts}".encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    return longest * (1 + spread / 2)


def _take_lease(run: Run) -> bool:
    now = run.clock()
    other = claims.lease_holder(run.engine)
    gone = other if other and holder.is_gone(other) else ""
    return claims.take_lease(run.engine, run.name, now, now + LEASE, instead_of=gone)


def _work(run: Run, on_progress: Progress | None) -> None:
    edition_id = run.edition.id
    store.move(run.engine, edition_id, EditionState.SENDING, EditionState.FROZEN)
    claims.doubt_interrupted(run.engine, edition_id)
    before = store.deliveries_summary(run.engine, edition_id)
    while run.connection or claims.anything_due(run.engine, edition_id, run.clock()):
        connection = _connection(run)
        now = run.clock()
        claim = claims.claim_next(run.engine, edition_id, run.name, now, now + LEASE)
        if claim is None:
            break
        if claim.state is DeliveryState.SENDING:
            _deliver(run, connection, claim)
        else:
            run.done[claim.state] += 1
        if on_progress:
            on_progress(before.total - before.open + run.done.total(), before.total)
        _stop_when_hopeless(run)
    if store.find_edition(run.engine, edition_id).state is EditionState.STOPPED:
        raise Trouble("De editie is stilgezet.")


def _connection(run: Run) -> smtplib.SMTP:
    """The open connection, or a new one; it comes before the claim, so that a dead relay leaves no row in doubt."""
    if run.connection is None:
        run.connection = run.open_connection()
    return run.connection


def _deliver(run: Run, connection: smtplib.SMTP, claim: Claim) -> None:
    recipient = Recipient(email=claim.email, name=claim.name, token=claim.token, preferences=claim.preferences_token)
    content = message(_letter(run, claim.wishes), recipient, run.letterhead, claim.message_id, run.frozen_at)
    answer = hand_over(connection, run.letterhead.return_path(claim.message_id), recipient.email, content)
    now = run.clock()
    state, again_at = _state_after(answer, claim, run.frozen_at, now)
    claims.settle(run.engine, claim.delivery_id, state, answer.response, now, again_at)
    run.done[state] += 1
    run.refusals = run.refusals + 1 if answer.outcome is Outcome.REFUSED else 0
    if answer.outcome is Outcome.TAKEN or alive(connection):
        run.breaks = 0
    else:
        run.breaks += 1
        _hang_up(run)


def _letter(run: Run, wishes: Wishes) -> Letter:
    """The letter for readers with these wishes; few wishes differ, so each is rendered once in a run."""
    if wishes not in run.letters:
        run.letters[wishes] = render(run.edition.content.only(wishes), run.letterhead)
    return run.letters[wishes]


def _state_after(
    answer: Answer, claim: Claim, frozen_at: datetime, now: datetime
) -> tuple[DeliveryState, datetime | None]:
    state = STATE_AFTER[answer.outcome]
    if state in (DeliveryState.SENT, DeliveryState.REFUSED):
        return state, None
    if now - frozen_at > KEEP_TRYING:
        return DeliveryState.REFUSED, None
    return state, now + wait(claim.attempts, claim.message_id)


def _stop_when_hopeless(run: Run) -> None:
    if run.refusals >= REFUSALS_IN_A_ROW:
        store.stop(run.engine, run.edition.id)
        raise Trouble(
            f"De mailserver weigerde {run.refusals} brieven achter elkaar. De editie is stilgezet; kijk naar de"
            " antwoorden van de mailserver en hervat daarna de verzending."
        )
    if run.breaks >= BREAKS_IN_A_ROW:
        raise Trouble(f"De verbinding met de mailserver brak {run.breaks} keer achter elkaar; later weer.")


def _hang_up(run: Run) -> None:
    if run.connection is None:
        return
    try:
        run.connection.quit()
    except (OSError, smtplib.SMTPException):
        run.connection.close()
    run.connection = None


def _report(engine: Engine, edition_id: int, done: Counter[DeliveryState], trouble: str) -> SendReport:
    return SendReport(
        edition_id=edition_id,
        now=DeliverySummary(dict(done)),
        summary=store.deliveries_summary(engine, edition_id),
        finished=store.find_edition(engine, edition_id).state is EditionState.SENT,
        next_try_at=claims.next_try(engine, edition_id),
        trouble=trouble,
    )
