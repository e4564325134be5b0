"""The pages on which people judge: the queue, what was set aside, what was decided, and everything of one item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from monitor import search_words
from monitor.desk import decisions, phrases
from monitor.desk.cards import card, paragraphs
from monitor.desk.choice import Choice, choice
from monitor.desk.decisions import Back
from monitor.desk.pages import Desk, desk_of, page
from monitor.desk.why import why
from monitor.store import items, record, reviews, search, tally
from monitor.store.reviews import ACCEPTED, REJECTED, Position, QueuedItem
from monitor.text_change import Paragraph, changed_paragraphs

PER_PAGE = 20
MOST_DECIDED = 100
POSITION = re.compile(r"(?P<score>[01]\.\d{1,6})-(?P<item_id>\d{1,9})")


@dataclass(frozen=True)
class Listing:
    """One of the lists: its name in forms, and what stands above it or in place of it; `choosing` when by choice."""

    name: str
    title: str
    intro: str
    empty: str
    choosing: bool = False


QUEUE = Listing(
    "wachtrij",
    "Wachtrij",
    "Deze berichten zijn waarschijnlijk van belang. Kies wat in de brief komt. Het belangrijkste staat bovenaan.",
    "De wachtrij is leeg. Nieuwe berichten komen hier vanzelf te staan.",
    choosing=True,
)
SET_ASIDE = Listing(
    "terzijde",
    "Terzijde gelegd",
    "Deze berichten leken niet van belang. Staat er toch iets goeds tussen? Kies het dan.",
    "Er is niets terzijde gelegd.",
    choosing=True,
)
SAMPLE = Listing(
    "steekproef",
    "Steekproef",
    "De radar legde deze berichten terzijde en heeft ze door loting gekozen. Klopt het dat ze niet van belang zijn? "
    "Zo weten we hoeveel de radar mist.",
    "U hebt de hele steekproef bekeken. Volgende week is er een nieuwe.",
)
CHOSEN = Listing(
    "gekozen",
    "Gekozen",
    "Deze berichten komen in de brief als er een tekst in eigen woorden bij staat. Het laatste besluit staat bovenaan.",
    "Er is nog niets gekozen.",
)
TURNED_DOWN = Listing(
    "afgewezen",
    "Afgewezen",
    "Deze berichten komen niet in de brief. Het laatste besluit staat bovenaan.",
    "Er is nog niets afgewezen.",
)
FOUND = Listing(
    "zoeken",
    "Zoeken",
    "Gezocht in alles wat de radar ooit vond: ook wat is afgewezen of terzijde gelegd. Het nieuwste staat bovenaan.",
    "Hier is niets gevonden. Zoek met minder of andere woorden.",
    choosing=True,
)


def queue(request: Request) -> Response:
    """Flagged items that wait for a verdict, and after the last of them the sample of what was set aside."""
    desk, after = desk_of(request), _position(request)
    chosen = choice(desk, request.query_params)
    found = reviews.queue(desk.engine, wanted=chosen.wanted, after=after, limit=PER_PAGE + 1)
    drawn = [] if chosen.made else tally.drawn_waiting(desk.engine)
    sample = reviews.some(desk.engine, drawn) if drawn and len(found) <= PER_PAGE else []
    waiting = reviews.waiting(desk.engine) + len(drawn) if (found or drawn) and not after and not chosen.made else None
    return _list(request, QUEUE, found, chosen, waiting=waiting, sample=sample)


def sample(request: Request) -> Response:
    """The sample of what was set aside, alone."""
    engine = desk_of(request).engine
    found = reviews.some(engine, tally.drawn_waiting(engine))
    return _list(request, SAMPLE, [], sample=found)


def set_aside(request: Request) -> Response:
    """Items that were not flagged, so that nothing is hidden."""
    desk = desk_of(request)
    chosen = choice(desk, request.query_params)
    found = reviews.set_aside(desk.engine, wanted=chosen.wanted, after=_position(request), limit=PER_PAGE + 1)
    return _list(request, SET_ASIDE, found, chosen)


def find(request: Request) -> Response:
    """Everything stored that holds the words that are asked for."""
    desk = desk_of(request)
    chosen = choice(desk, request.query_params)
    before = request.query_params.get("voor_id", "")
    ids = search.found(
        desk.engine,
        search_words.asked(chosen.query),
        chosen.wanted,
        before_id=int(before) if decisions.is_id(before) else None,
        limit=PER_PAGE + 1,
    )
    return _list(request, FOUND, reviews.some(desk.engine, ids), chosen, behind=search.behind(desk.engine))


def chosen(request: Request) -> Response:
    """Accepted items."""
    return _list(request, CHOSEN, reviews.decided(desk_of(request).engine, ACCEPTED, MOST_DECIDED))


def turned_down(request: Request) -> Response:
    """Rejected items."""
    return _list(request, TURNED_DOWN, reviews.decided(desk_of(request).engine, REJECTED, MOST_DECIDED))


def one(request: Request) -> Response:
    """Everything that is known of one item."""
    desk = desk_of(request)
    item = decisions.item_of(request)
    return page(
        request,
        "item.html",
        card=card(item, desk.live.current, whole=True),
        why=why(item.judgement),
        told=decisions.told_after(request),
        paragraphs=paragraphs(item),
        seen=phrases.moment(item.first_seen_at, desk.now()),
        versions=_versions(desk, item.id),
        front=reviews.one(desk.engine, item.told_as) if item.told_as else None,
        record=[
            decisions.line_of_record(row, desk.now())
            for row in record.of_subject(desk.engine, reviews.subject_of(item.id))
        ],
        back=Back("item"),
    )


@dataclass(frozen=True)
class Edit:
    """An edit by the publisher: when, and what it changed."""

    number: int
    when: str
    paragraphs: tuple[Paragraph, ...]


def _versions(desk: Desk, item_id: int) -> list[Edit]:
    """What the source changed in the text since it came out, edit by edit."""
    known = items.versions(desk.engine, item_id)
    return [
        Edit(
            after.version, phrases.moment(after.seen_at, desk.now()), changed_paragraphs(_whole(before), _whole(after))
        )
        for before, after in pairwise(known)
    ]


def _whole(version: Any) -> str:
    intro = "" if version.text.startswith(version.intro) else version.intro
    return f"{version.title}\n\n{intro}\n\n{version.text}"


def _list(
    request: Request,
    listing: Listing,
    found: Sequence[QueuedItem],
    chosen: Choice | None = None,
    *,
    waiting: int | None = None,
    sample: Sequence[QueuedItem] = (),
    behind: int = 0,
) -> Response:
    desk = desk_of(request)
    shown = found[:PER_PAGE] if listing.choosing else found
    return page(
        request,
        "list.html",
        listing=listing,
        choice=chosen or choice(desk, {}),
        cards=[card(item, desk.live.current) for item in (*shown, *sample)],
        sample={item.id for item in sample},
        waiting=waiting,
        most_waiting=reviews.MOST_COUNTED,
        following=_following(listing, shown, chosen) if chosen and len(found) > len(shown) else "",
        told=decisions.told_after(request),
        back=Back(listing.name, _start(request), chosen.address if chosen else ""),
        most=MOST_DECIDED if not listing.choosing and len(found) == MOST_DECIDED else None,
        behind=behind,
    )


def _position(request: Request) -> Position | None:
    """Where the page before ended; anything that is no position means the first page."""
    match = POSITION.fullmatch(request.query_params.get("vanaf", ""))
    return Position(float(match["score"]), int(match["item_id"])) if match else None


def _start(request: Request) -> str:
    if decisions.is_id(request.query_params.get("voor_id", "")):
        return request.query_params["voor_id"]
    return request.query_params.get("vanaf", "") if _position(request) else ""


def _following(listing: Listing, shown: Sequence[QueuedItem], chosen: Choice) -> str:
    last = shown[-1]
    after = {"voor_id": last.id} if listing is FOUND else {"vanaf": f"{last.judgement.score!r}-{last.id}"}
    return f"?{chosen.address}{'&' if chosen.address else ''}{urlencode(after)}"
