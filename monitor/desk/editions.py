"""The letter as it would go out now, per audience, and the editions that went before."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from digest import dutch, store
from digest.bounce_tables import BounceKind
from digest.bounces import bounces_of
from digest.edition import Audience, Edition, Entry, Kind
from digest.records import DeliveryState, EditionState, StoredEdition
from digest.render import preview_html, preview_text
from monitor.arrangement import Arrangement, wording
from monitor.desk import phrases
from monitor.desk.arranging import FARTHEST_AHEAD, LONGEST_INTRO, TOLD, UNDONE, audience_of
from monitor.desk.decisions import Told
from monitor.desk.outlook import outlook
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.store import arrangements

MOST_ASIDES = 40
VIEWS = {"mail": "Als mail", "telefoon": "Op de telefoon", "donker": "In het donker", "tekst": "Als gewone tekst"}
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
CAME_BACK = {
    BounceKind.HARD: (
        "kan niet aankomen",
        "Deze lezers krijgen geen brief meer. Wie u kent, kunt u vragen zich met een ander adres aan te melden.",
    ),
    BounceKind.SOFT: (
        "mogelijk tijdelijk",
        "U hoeft niets te doen: de radar slaat hen even over als het vaker gebeurt.",
    ),
    BounceKind.COMPLAINT: (
        "klacht",
        "Deze lezers noemden de brief ongewenst. Zij krijgen niets meer; schrijf hen er niet over aan.",
    ),
}
# Links of the letter open beside the page; styles stand in the letter itself; scripts never run.
PREVIEW_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "
    f"frame-ancestors 'self'; sandbox {PREVIEW_SANDBOX}"
)


@dataclass(frozen=True)
class Place:
    """An entry where it stands in the letter; `first` and `last` of its part cannot go further up or down."""

    entry: Entry
    first: bool
    last: bool


@dataclass(frozen=True)
class Part:
    """A part of the letter with its entries; it may have none."""

    kind: Kind
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Aside:
    """Something that was chosen on the desk and is not in this letter, with the reason in words."""

    reference: str
    title: str
    reason: str
    may_go_in: bool


@dataclass(frozen=True)
class Consent:
    """Who approved the letter, how many must, and whether who looks at it did."""

    given: tuple[str, ...]
    needed: int
    mine: bool
    overtaken: tuple[str, ...]
    otherwise: str


@dataclass(frozen=True)
class CameBack:
    """The readers whose letter came back for one reason, in words, and what to do."""

    reason: str
    readers: tuple[str, ...]
    advice: str


@dataclass(frozen=True)
class PastEdition:
    """An edition that was kept, in words; `number` is what the command line calls it."""

    number: int
    title: str
    subject: str
    state: str
    when: str
    deliveries: tuple[str, ...]
    may_stop: bool
    may_resume: bool
    in_doubt: str
    came_back: tuple[CameBack, ...]


def overview(request: Request) -> Response:
    """The next letter of every audience, and the editions so far."""
    desk = desk_of(request)
    return page(
        request,
        "editions.html",
        outlooks=[outlook(desk, desk.editor.upcoming(audience)) for audience in Audience],
        past=[_past(desk, edition) for edition in store.editions(desk.engine)[:MOST_EDITIONS]],
    )


def preview(request: Request) -> Response:
    """The next letter of one audience, to put together: what is in it, how it looks and what is the matter with it."""
    if request.query_params.get("ritme") == MONTH:
        return _preview_month(request)
    desk, audience = desk_of(request), audience_of(request)
    edition, ahead = desk.editor.upcoming(audience), desk.editor.ahead(audience)
    arranged = arrangements.of(desk.engine, audience, edition.number)
    asked = request.query_params
    view = asked.get("als", "")
    return page(
        request,
        "edition.html",
        outlook=outlook(desk, edition),
        edition=edition,
        arranged=arranged,
        parts=[_part(edition, kind) for kind in Kind],
        asides=_asides(desk, edition, arranged),
        consent=_consent(request, edition),
        seen=wording(edition),
        plan_day=ahead.date(),
        plan_time=f"{ahead:%H:%M}",
        latest=desk.now().date() + FARTHEST_AHEAD,
        text=preview_text(desk.editor.letter(edition)),
        sandbox=PREVIEW_SANDBOX,
        views=VIEWS,
        view=view if view in VIEWS else "mail",
        told=Told(TOLD[asked["wat"]]) if asked.get("wat") in TOLD else None,
        step=arrangements.last_step(desk.engine, audience, edition.number) if asked.get("wat") in UNDONE else None,
        moved=(asked.get("bij", ""), asked.get("doe", "")),
        longest=LONGEST_INTRO,
    )


def preview_letter(request: Request) -> Response:
    """The HTML of the letter alone, for the frame in the page: locked in, because its words come from elsewhere."""
    desk = desk_of(request)
    letter = preview_html(desk.editor.letter(_upcoming(request)))
    if request.query_params.get("als") == "donker":
        letter = letter.replace("(prefers-color-scheme:dark)", "all")
    letter = letter.replace("<head>", '<head><base target="_blank">', 1)
    headers = {"content-security-policy": PREVIEW_POLICY, "x-frame-options": "SAMEORIGIN"}
    return HTMLResponse(letter, headers=headers)


def _upcoming(request: Request) -> Edition:
    """The next letter of the audience in the address: of the week, or of the month when it asks for that."""
    editor, audience = desk_of(request).editor, audience_of(request)
    return editor.upcoming_month(audience) if request.query_params.get("ritme") == MONTH else editor.upcoming(audience)


def _preview_month(request: Request) -> Response:
    """The next overview of a month, which makes itself from the letters of the weeks."""
    desk, edition = desk_of(request), _upcoming(request)
    return page(
        request,
        "month.html",
        outlook=outlook(desk, edition),
        edition=edition,
        text=preview_text(desk.editor.letter(edition)),
        sandbox=PREVIEW_SANDBOX,
    )


def _part(edition: Edition, kind: Kind) -> Part:
    entries = [entry for entry in edition.entries if entry.part is kind]
    last = len(entries) - 1
    return Part(kind, tuple(Place(entry, number == 0, number == last) for number, entry in enumerate(entries)))


def _asides(desk: Desk, edition: Edition, arranged: Arrangement) -> tuple[Aside, ...]:
    """What was chosen and is not in the letter, what may still go in first."""
    inside = {entry.reference for entry in edition.entries}
    told = store.told_before(desk.engine, edition.audience)
    found = []
    for entry, meant in desk.editor.chosen(edition.audience, desk.clock()):
        number = told.get(entry.reference)
        if entry.reference in inside:
            continue
        if number:
            reason = f"Stond al in nummer {number}."
        elif entry.reference in arranged.left_out:
            reason = "Wacht op een volgende brief."
        elif not meant:
            reason = "Is bedoeld voor een andere doelgroep."
        else:
            reason = "De bijeenkomst is al geweest, of het bericht is te laat gekozen voor deze brief."
        out = bool(number) or (meant and entry.reference not in arranged.left_out)
        found.append(Aside(entry.reference, entry.title, reason, may_go_in=not out))
    return tuple(sorted(found, key=lambda one: not one.may_go_in))[:MOST_ASIDES]


def _consent(request: Request, edition: Edition) -> Consent:
    desk = desk_of(request)
    digest = desk.live.current.radar.digest
    good = desk.editor.approved(edition)
    every = arrangements.approvals(desk.engine, edition.audience, edition.number)
    goes = digest.when_not_approved == "send"
    return Consent(
        tuple(one.who for one in good),
        digest.approvals,
        reviewer_of(request).id in {one.reviewer_id for one in good},
        tuple(one.who for one in every if one not in good),
        "Keurt niemand hem goed, dan gaat hij weg zoals hij dan is."
        if goes
        else "Zonder goedkeuring gaat hij niet weg.",
    )


def _past(desk: Desk, edition: StoredEdition) -> PastEdition:
    summary = store.deliveries_summary(desk.engine, edition.id)
    doubtful = summary[DeliveryState.IN_DOUBT]
    return PastEdition(
        edition.id,
        f"Nummer {edition.number} voor {edition.audience.plural}, {edition.content.week}",
        edition.subject,
        STATES[edition.state],
        phrases.moment(edition.sent_at or edition.frozen_at or edition.created_at, desk.now()),
        tuple(f"{words}: {summary[state]}" for state, words in DELIVERIES.items() if summary[state]),
        edition.state in (EditionState.FROZEN, EditionState.SENDING),
        edition.state is EditionState.STOPPED,
        dutch.count(doubtful, "lezer", "lezers") if doubtful else "",
        _came_back(desk, edition),
    )


def _came_back(desk: Desk, edition: StoredEdition) -> tuple[CameBack, ...]:
    told = bounces_of(desk.engine, edition.id).values()
    readers = {kind: tuple(sorted(one.email for one in told if one.kind is kind)) for kind in CAME_BACK}
    return tuple(CameBack(words, readers[kind], advice) for kind, (words, advice) in CAME_BACK.items() if readers[kind])
