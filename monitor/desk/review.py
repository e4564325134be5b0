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

from monitor.desk import decisions, phrases
from monitor.desk.cards import card, paragraphs
from monitor.desk.pages import Desk, desk_of, page
from monitor.desk.why import why
from monitor.store import items, record, reviews, tally
from monitor.store.reviews import ACCEPTED, REJECTED, Position, QueuedItem
from monitor.text_change import Paragraph, changed_paragraphs

PER_PAGE = 20
MOST_DECIDED = 100
POSITION = re.compile(r"(?P<score>[01]\.\d{1,6})-(?P<item_id>\d{1,9})")


@dataclass(frozen=True)
class Listing:
    """One of the lists: its name in forms, and what stands above it or in place of it."""

    name: str
    title: str
    intro: str
    empty: str


QUEUE = Listing(
    "wachtrij",
    "Wachtrij",
    "Deze berichten zijn waarschijnlijk van belang. Kies wat in de brief komt. Het belangrijkste staat bovenaan.",
    "De wachtrij is leeg. Nieuwe berichten komen hier vanzelf te staan.",
)
SET_ASIDE = Listing(
    "terzijde",
    "Terzijde gelegd",
    "Deze berichten leken niet van belang. Staat er toch iets goeds tussen? Kies het dan.",
    "Er is niets terzijde gelegd.",
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


def queue(request: Request) -> Response:
    """Flagged items that wait for a verdict, and after the last of them the sample of what was set aside."""
    desk, after = desk_of(request), _position(request)
    found = reviews.queue(desk.engine, after=after, limit=PER_PAGE + 1)
    drawn = tally.drawn_waiting(desk.engine)
    sample = reviews.some(desk.engine, drawn) if drawn and len(found) <= PER_PAGE else []
    waiting = reviews.waiting(desk.engine) + len(drawn) if (found or drawn) and after is None else None
    return _list(request, QUEUE, found, waiting=waiting, sample=sample)


def sample(request: Request) -> Response:
    """The sample of what was set aside, alone."""
    engine = desk_of(request).engine
    found = reviews.some(engine, tally.drawn_waiting(engine))
    return _list(request, SAMPLE, [], paged=False, sample=found)


def set_aside(request: Request) -> Response:
    """Items that were not flagged, so that nothing is hidden."""
    found = reviews.set_aside(desk_of(request).engine, after=_position(request), limit=PER_PAGE + 1)
    return _list(request, SET_ASIDE, found)


def chosen(request: Request) -> Response:
    """Accepted items."""
    return _list(request, CHOSEN, reviews.decided(desk_of(request).engine, ACCEPTED, MOST_DECIDED), paged=False)


def turned_down(request: Request) -> Response:
    """Rejected items."""
    return _list(request, TURNED_DOWN, reviews.decided(desk_of(request).engine, REJECTED, MOST_DECIDED), paged=False)


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
        back="item",
        start="",
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
    *,
    waiting: int | None = None,
    paged: bool = True,
    sample: Sequence[QueuedItem] = (),
) -> Response:
    settings = desk_of(request).live.current
    shown = found[:PER_PAGE] if paged else found
    following = _following(shown) if len(found) > len(shown) else ""
    return page(
        request,
        "list.html",
        listing=listing,
        cards=[card(item, settings) for item in (*shown, *sample)],
        sample={item.id for item in sample},
        waiting=waiting,
        following=following,
        told=decisions.told_after(request),
        back=listing.name,
        start=request.query_params.get("vanaf", "") if _position(request) else "",
        most=MOST_DECIDED if not paged and len(found) == MOST_DECIDED else None,
    )


def _position(request: Request) -> Position | None:
    """Where the page before ended; anything that is no position means the first page."""
    match = POSITION.fullmatch(request.query_params.get("vanaf", ""))
    return Position(float(match["score"]), int(match["item_id"])) if match else None


def _following(shown: Sequence[QueuedItem]) -> str:
    last = shown[-1]
    return "?" + urlencode({"vanaf": f"{last.judgement.score!r}-{last.id}"})
