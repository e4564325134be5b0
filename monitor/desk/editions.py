"""The letter as it would go out now, per audience, and the editions that went before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from digest import store
from digest.check import Finding, Severity
from digest.edition import Audience, Edition
from digest.records import DeliveryState, EditionState, StoredEdition
from digest.render import Letter, preview_html, preview_text
from digest.wishes import Rhythm
from monitor.desk import phrases
from monitor.desk.pages import Desk, desk_of, page
from monitor.press_day import last_press_moment

MOST_EDITIONS = 30
MONTH = "maand"
STATES = {
    EditionState.DRAFT: "concept",
    EditionState.FROZEN: "klaar om te versturen",
    EditionState.SENDING: "wordt verstuurd",
    EditionState.SENT: "verstuurd",
    EditionState.STOPPED: "tegengehouden",
}
DELIVERIES = {
    DeliveryState.SENT: "verstuurd",
    DeliveryState.QUEUED: "wacht",
    DeliveryState.SENDING: "nu bezig",
    DeliveryState.DEFERRED: "later nog eens",
    DeliveryState.IN_DOUBT: "onzeker",
    DeliveryState.REFUSED: "geweigerd",
    DeliveryState.CANCELLED: "afgemeld",
}
# Links of the letter open beside the page; styles stand in the letter itself; scripts never run.
PREVIEW_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "
    f"frame-ancestors 'self'; sandbox {PREVIEW_SANDBOX}"
)


class Editor(Protocol):
    """Makes editions from what was accepted; the pages only look."""

    def upcoming(self, audience: Audience) -> Edition:
        """The edition of an audience as it would be now."""

    def upcoming_month(self, audience: Audience) -> Edition:
        """The next overview of a month, with what was told so far."""

    def letter(self, edition: Edition) -> Letter:
        """The mail of an edition."""

    def findings(self, edition: Edition) -> tuple[Finding, ...]:
        """What an editor must see before it goes out."""


@dataclass(frozen=True)
class Outlook:
    """How the next letter of an audience stands."""

    audience: Audience
    entries: str
    stops: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


@dataclass(frozen=True)
class PastEdition:
    """An edition that was kept, in words; `number` is what the command line calls it."""

    number: int
    title: str
    subject: str
    state: str
    when: str
    deliveries: tuple[str, ...]
    in_doubt: tuple[str, ...]


def overview(request: Request) -> Response:
    """The next letter of every audience, and the editions so far."""
    desk = desk_of(request)
    return page(
        request,
        "editions.html",
        outlooks=[_outlook(desk, desk.editor.upcoming(audience)) for audience in Audience],
        past=[_past(desk, edition) for edition in store.editions(desk.engine)[:MOST_EDITIONS]],
        planned=phrases.moment(next_sending(desk), desk.now()),
    )


def preview(request: Request) -> Response:
    """The next letter of one audience: as HTML, as text, and what is the matter with it."""
    desk = desk_of(request)
    edition = _upcoming(request)
    return page(
        request,
        "edition.html",
        outlook=_outlook(desk, edition),
        subject=edition.subject,
        month=edition.week if edition.rhythm is Rhythm.MONTH else "",
        text=preview_text(desk.editor.letter(edition)),
        sandbox=PREVIEW_SANDBOX,
    )


def preview_letter(request: Request) -> Response:
    """The HTML of the letter alone, for the frame in the page: locked in, because its words come from elsewhere."""
    desk = desk_of(request)
    letter = preview_html(desk.editor.letter(_upcoming(request)))
    letter = letter.replace("<head>", '<head><base target="_blank">', 1)
    headers = {"content-security-policy": PREVIEW_POLICY, "x-frame-options": "SAMEORIGIN"}
    return HTMLResponse(letter, headers=headers)


def next_sending(desk: Desk) -> datetime:
    """When the next letters go out, by the settings."""
    plan = desk.live.current.radar.digest
    return last_press_moment(desk.now() + timedelta(days=7), plan.weekday.number, plan.at, plan.zone_info)


def _upcoming(request: Request) -> Edition:
    """The next letter of the audience in the address: of the week, or of the month when it asks for that."""
    editor, audience = desk_of(request).editor, _audience(request)
    return editor.upcoming_month(audience) if request.query_params.get("ritme") == MONTH else editor.upcoming(audience)


def _audience(request: Request) -> Audience:
    try:
        return Audience(request.path_params["audience"])
    except ValueError:
        raise HTTPException(404) from None


def _outlook(desk: Desk, edition: Edition) -> Outlook:
    findings = desk.editor.findings(edition)
    return Outlook(
        edition.audience,
        phrases.quantity(len(edition.entries), "bericht", "berichten"),
        tuple(finding for finding in findings if finding.severity is Severity.STOP),
        tuple(finding for finding in findings if finding.severity is not Severity.STOP),
    )


def _past(desk: Desk, edition: StoredEdition) -> PastEdition:
    summary = store.deliveries_summary(desk.engine, edition.id)
    return PastEdition(
        edition.id,
        f"Nummer {edition.number} voor {edition.audience.plural}, {edition.content.week}",
        edition.subject,
        STATES[edition.state],
        phrases.moment(edition.sent_at or edition.frozen_at or edition.created_at, desk.now()),
        tuple(f"{words}: {summary[state]}" for state, words in DELIVERIES.items() if summary[state]),
        store.addresses_in_doubt(desk.engine, edition.id) if summary[DeliveryState.IN_DOUBT] else (),
    )
