"""Sending a frozen edition: one committed row per person, to be resumed anywhere.

    queued    the reader has still to get the letter
    | claim   committed as sending, before the first byte goes out
    | offer   SMTP, by one to eight couriers at once
    | settle  sent, refused (5xx, never again), deferred (4xx, or broken before the end) or in doubt, committed

A crash between claim and settle leaves a row in sending. The next run calls it in doubt and sends it again with the
same Message-ID and the same bytes: nobody is missed, and a mail server can tell the second from a new letter. After
the third doubt it waits for a person. When it is the server that keeps its answer, a letter goes again once.
"""

from __future__ import annotations

import smtplib
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digest import claims, holder, store
from digest.counter import Crew, Waiting
from digest.courier import Mail, Return
from digest.ledger import LeaseLost, Ledger
from digest.letterhead import Letterhead, Recipient
from digest.message import Mould
from digest.pace import NO_LIMITS, Limits, Pace
from digest.records import Claim, DeliveryState, DeliverySummary, EditionRefused, EditionState, StoredEdition
from digest.render import render
from digest.settlement import Settlement, settlement
from digest.signing import Sign, unsigned
from digest.smtp import PATIENCE, Outcome, Step
from digest.store import Witness, nobody
from digest.tables import Engine
from digest.wishes import Wishes

LEASE = timedelta(minutes=10)
STALE_AFTER = timedelta(hours=24)
CALLED_OFF_FOR = timedelta(minutes=2)
SECONDS_TO_LOOK_UP = 60.0  # how often the lease is renewed while all couriers wait for an answer
SECONDS_TO_COME_HOME = 30.0
BREAKS_IN_A_ROW = 3
REFUSALS_IN_A_ROW = 10
REFUSED_SHARE = 4  # one content in so many refused is too much

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]  # letters that are done with, and letters in all


@dataclass(frozen=True)
class SendReport:
    """What one run did (`now`) and how the edition stands after it (`summary`).

    `finished`: nothing is left to do. `next_try_at`: when waiting letters are due (aware UTC). `trouble` says in
    Dutch why the run ended before its time; "" when it did not. `stopped`: the run itself stopped the edition.
    """

    edition_id: int
    now: DeliverySummary
    summary: DeliverySummary
    finished: bool
    next_try_at: datetime | None
    trouble: str = ""
    stopped: bool = False


class Trouble(Exception):
    """The run cannot go on; the message says why (Dutch)."""


@dataclass(frozen=True)
class Plan:
    """How letters go out: over how many connections at once (1 to 8), how fast, and what is done with doubt.

    `patience` is how long a server may think about a letter that it has, in seconds. With `park_doubt` a letter that
    may or may not have arrived waits for a person at once; else it goes again once. `sign` signs a mail.
    """

    connections: int = 1
    limits: Limits = NO_LIMITS
    park_doubt: bool = False
    patience: float = PATIENCE
    sign: Sign = unsigned


@dataclass
class Run:
    """One run of sending one edition: what it needs, and what it counted so far."""

    engine: Engine
    edition: StoredEdition
    frozen_at: datetime
    letterhead: Letterhead
    open_connection: Callable[[], smtplib.SMTP]
    clock: Clock
    plan: Plan
    ledger: Ledger
    pace: Pace
    witness: Witness
    moulds: dict[Wishes, Mould] = field(default_factory=dict)
    casting: threading.Lock = field(default_factory=threading.Lock)  # else each courier renders the same first letter
    done: Counter[DeliveryState] = field(default_factory=Counter)
    opens_at: datetime | None = None
    breaks: int = 0
    refusals: int = 0
    contents_refused: int = 0
    stopped: bool = False


def send(
    engine: Engine,
    edition_id: int,
    letterhead: Letterhead,
    open_connection: Callable[[], smtplib.SMTP],
    clock: Clock,
    on_progress: Progress | None = None,
    plan: Plan | None = None,
    witness: Witness = nobody,
) -> SendReport:
    """Send what is due of a frozen edition, now; call it again for what had to wait or was interrupted.

    `open_connection` is `digest.smtp.connect` with its relay filled in; `clock` gives aware UTC moments; `witness`
    writes down, in the transaction that does it, that the edition was sent or that the run itself stopped it. Raises
    EditionRefused for a draft, a stopped edition, or one whose content is not what was frozen.
    """
    edition = store.find_edition(engine, edition_id)
    if edition.state is EditionState.SENT:
        return _report(engine, edition_id, Counter(), "")
    if edition.frozen_at is None or edition.state not in (EditionState.FROZEN, EditionState.SENDING):
        raise EditionRefused(f"Editie {edition_id} kan niet worden verzonden: de staat is “{edition.state}”.")
    if not edition.intact:
        raise EditionRefused(f"Editie {edition_id} is na het vastzetten veranderd; er wordt niets verzonden.")
    plan = plan or Plan()
    run = Run(
        engine=engine,
        edition=edition,
        frozen_at=edition.frozen_at,
        letterhead=letterhead,
        open_connection=open_connection,
        clock=clock,
        plan=plan,
        ledger=Ledger(engine, holder.own_name()),
        pace=Pace(plan.limits, claims.pace_since(engine, clock())),
        witness=witness,
    )
    if not _take_lease(run):
        return _report(engine, edition_id, Counter(), "Er is al een andere verzender bezig.")
    trouble = ""
    try:
        _refuse_stale(run)
        _work(run, on_progress)
    except (Trouble, LeaseLost) as reason:
        trouble = str(reason)
    finally:
        claims.give_back_lease(engine, run.ledger.holder, clock())
    claims.finish(engine, edition_id, clock(), witness)
    report = _report(engine, edition_id, run.done, trouble, run.opens_at)
    return replace(report, stopped=run.stopped)


def _take_lease(run: Run) -> bool:
    now = run.clock()
    other = claims.lease_holder(run.engine)
    gone = other if other and holder.is_gone(other) else ""
    return claims.take_lease(run.engine, run.ledger.holder, now, now + LEASE, instead_of=gone)


def _refuse_stale(run: Run) -> None:
    """Stop an edition that nobody touched for a day: the service lay still, or an old database was put back."""
    moments = (run.frozen_at, run.edition.released_at, claims.last_tried(run.engine, run.edition.id))
    touched = max(moment for moment in moments if moment)
    if run.clock() - touched <= STALE_AFTER:
        return
    reason = (
        "Hier is meer dan een dag niets aan verzonden. Misschien stond de radar stil, misschien is een oude database"
        " teruggezet en is de brief al weg. De editie is stilgezet; hervat haar alleen als dat zeker niet zo is."
    )
    run.stopped = store.stop(run.engine, run.edition.id, run.witness, reason)
    raise Trouble(reason)


def _work(run: Run, on_progress: Progress | None) -> None:
    edition_id, now = run.edition.id, run.clock()
    store.move(run.engine, edition_id, EditionState.SENDING, EditionState.FROZEN)
    claims.doubt_interrupted(run.engine, edition_id, None if run.plan.park_doubt else now)
    waiting = Waiting(run.engine, edition_id, now)
    if waiting.any() and not run.pace.shut_until(now):
        crew = Crew(run.open_connection, lambda claim: _mail(run, claim), run.plan.patience)
        crew.hire(min(run.plan.connections, len(waiting.ahead)))
        try:
            _serve(run, crew, waiting, on_progress)
        finally:
            _bring_home(run, crew)
    run.opens_at = waiting.opens_at or (run.pace.shut_until(run.clock()) if waiting.any() else None)
    if store.find_edition(run.engine, edition_id).state is EditionState.STOPPED:
        raise Trouble("De editie is stilgezet.")


def _serve(run: Run, crew: Crew, waiting: Waiting, on_progress: Progress | None) -> None:
    """Give out letters until none may go or nobody is left to carry them."""
    before = store.deliveries_summary(run.engine, run.edition.id)
    while crew.out:
        returns = crew.come_in(SECONDS_TO_LOOK_UP)
        now = run.clock()
        settlements = _settlements(run, returns, now)
        _note(run, returns)
        if reason := _hopeless(run, returns, nobody_left=not crew.out and not crew.free):
            run.ledger.settle(settlements, now)
            raise reason
        cancelled = _turn(run, crew, waiting, settlements, now)
        if on_progress and (settlements or cancelled):
            on_progress(before.total - before.open + run.done.total(), before.total)


def _turn(run: Run, crew: Crew, waiting: Waiting, settlements: list[Settlement], now: datetime) -> int:
    """One commit: what came back, and a letter for each courier that is free; gives how many readers had left."""
    cancelled = 0
    while True:
        wanted = waiting.take(len(crew.free), run.pace, now)
        found = run.ledger.turn(settlements, wanted, run.pace.changes(), now, now + LEASE)
        settlements = []
        for claim in found:
            if claim.state is DeliveryState.SENDING:
                crew.give(claim)
            else:
                run.done[claim.state] += 1
                cancelled += 1
        if len(found) < len(wanted) or not wanted or not crew.free:
            return cancelled


def _bring_home(run: Run, crew: Crew) -> None:
    """Send everybody home, and keep what those say who are still out; who stays away too long is left in doubt."""
    crew.dismiss()
    while crew.out and (returns := crew.come_in(SECONDS_TO_COME_HOME)):
        crew.dismiss()
        run.ledger.settle(_settlements(run, returns, run.clock()), run.clock())
    crew.part()


def _settlements(run: Run, returns: Iterable[Return], now: datetime) -> list[Settlement]:
    """What the couriers came back with, to be committed; also counted."""
    settlements = [
        settlement(one.answer, one.claim, run.frozen_at, now, park_doubt=run.plan.park_doubt)
        for one in returns
        if one.claim and one.answer
    ]
    run.done.update(one.state for one in settlements)
    return settlements


def _mail(run: Run, claim: Claim) -> Mail:
    recipient = Recipient(email=claim.email, name=claim.name, token=claim.token, preferences=claim.preferences_token)
    content = _mould(run, claim.wishes).fill(recipient, claim.message_id)
    return Mail(run.letterhead.return_path(claim.message_id), recipient.email, run.plan.sign(content))


def _mould(run: Run, wishes: Wishes) -> Mould:
    """The letter for readers with these wishes; few wishes differ, so each is rendered and encoded once in a run."""
    with run.casting:
        if wishes not in run.moulds:
            letter = render(run.edition.content.only(wishes), run.letterhead)
            run.moulds[wishes] = Mould(letter, run.letterhead, run.frozen_at)
        return run.moulds[wishes]


def _note(run: Run, returns: Iterable[Return]) -> None:
    """Count what may show that going on is hopeless, and obey a server that calls it off."""
    for one in returns:
        run.breaks += one.broke
        if one.called_off:
            run.pace.call_off(run.clock() + CALLED_OFF_FOR)
        if not one.answer:
            continue
        if one.answer.outcome is Outcome.TAKEN:
            run.breaks = run.refusals = 0
        if one.answer.outcome is Outcome.REFUSED:
            run.refusals += 1
            run.contents_refused += one.answer.step is not Step.RECIPIENT


def _hopeless(run: Run, returns: Iterable[Return], *, nobody_left: bool) -> BaseException | None:
    """Why no more letters should be given out; None while they should. Too many refusals stop the edition."""
    for one in returns:
        if one.fault:
            return one.fault
    many = run.contents_refused >= REFUSALS_IN_A_ROW
    if run.refusals >= REFUSALS_IN_A_ROW or (many and run.contents_refused * REFUSED_SHARE >= run.done.total()):
        reason = (
            f"De mailserver weigerde {max(run.refusals, run.contents_refused)} brieven. De editie is stilgezet; kijk"
            " naar de antwoorden van de mailserver en hervat daarna de verzending."
        )
        run.stopped = store.stop(run.engine, run.edition.id, run.witness, reason)
        return Trouble(reason)
    if run.breaks >= max(BREAKS_IN_A_ROW, run.plan.connections):
        return Trouble(f"De verbinding met de mailserver brak {run.breaks} keer achter elkaar; later weer.")
    troubles = [one.trouble for one in returns if one.trouble]
    return Trouble(troubles[0]) if troubles and nobody_left else None


def _report(
    engine: Engine,
    edition_id: int,
    done: Counter[DeliveryState],
    trouble: str,
    opens_at: datetime | None = None,
) -> SendReport:
    """How it stands; `opens_at` is when a letter that the pace held back may go."""
    moments = (claims.next_try(engine, edition_id), opens_at)
    return SendReport(
        edition_id=edition_id,
        now=DeliverySummary(dict(done)),
        summary=store.deliveries_summary(engine, edition_id),
        finished=store.find_edition(engine, edition_id).state is EditionState.SENT,
        next_try_at=min((moment for moment in moments if moment), default=None),
        trouble=trouble,
    )
