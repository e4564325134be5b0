"""The pages on which people judge: the queue, what was set aside, what was decided, and everything of one item."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from digest import dutch
from monitor import search_words
from monitor.desk import decisions
from monitor.desk.choice import Choice, choice
from monitor.desk.decisions import Back
from monitor.desk.list_page import Ends, list_page, shelves_of
from monitor.desk.pages import Desk, database_of, desk_of
from monitor.store import reviews, search, talk
from monitor.store.database import reading
from monitor.store.listed import Listed, Queued, listed, top, waiting
from monitor.store.queue import drawn_waiting, ever_drawn
from monitor.store.reviews import ACCEPTED, REJECTED, Position

PER_PAGE = 20
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
    "De steekproef staat uit: in radar.yaml staat bij learning, sample een 0. Dan weten we niet wat de radar mist.",
)
CHOSEN = Listing(
    "gekozen",
    "Gekozen",
    "Deze berichten komen in de brief als er een tekst in eigen woorden bij staat. Het laatste besluit staat bovenaan.",
    "Er is nog niets gekozen.",
    choosing=True,
)
TURNED_DOWN = Listing(
    "afgewezen",
    "Afgewezen",
    "Deze berichten komen niet in de brief. Het laatste besluit staat bovenaan.",
    "Er is nog niets afgewezen.",
    choosing=True,
)
SECOND = Listing(
    "tweede-mening",
    "Tweede mening",
    "Bij deze berichten vraagt iemand om een tweede mening, of de meningen verschillen. Open het bericht en doe mee.",
    "Niemand vraagt om een tweede mening.",
)
FOUND = Listing(
    "zoeken",
    "Zoeken",
    "Gezocht in alles wat de radar ooit vond: ook wat is afgewezen of terzijde gelegd. Het nieuwste staat bovenaan.",
    "Hier is niets gevonden. Zoek met minder of andere woorden. "
    "Of zoek op het begin van een woord: stem* vindt ook “stemde” en “stemden”.",
    choosing=True,
)


def queue(request: Request) -> Response:
    """Flagged items that wait for a verdict, and after the last of them the sample of what was set aside."""
    desk, after = desk_of(request), _position(request)
    chosen = choice(desk, request.query_params)
    with reading(database_of(request)) as database:
        known, count, _ = _waiting(request, chosen, after)
        found = list(known)
        is_last = len(found) <= PER_PAGE and not chosen.made
        sample = drawn_waiting(database) if is_last else []
        known = known | listed(database, sample, desk.now())
    return _list(request, QUEUE, found, chosen, known=known, count=count, sample=sample)


def _waiting(request: Request, chosen: Choice, after: Position | None) -> Queued:
    """A page of the flagged items that wait, and above the first one how many there are to judge.

    Where the database shows what it showed when somebody else asked for that page, it is not asked again.
    """
    desk, database, limit = desk_of(request), database_of(request), PER_PAGE + 1
    if chosen.made:
        return waiting(database, desk.now(), flagged=True, wanted=chosen.wanted, after=after, limit=limit)
    shelf, settings, snapshot = shelves_of(request).pages, desk.live.current, request.state.snapshot
    if snapshot and (kept := shelf.find(settings, {after: snapshot})):
        return kept[after].at(desk.now())
    if after:
        found = waiting(database, desk.now(), flagged=True, after=after, limit=limit)
    else:
        found = top(database, desk.now(), limit=limit, most_counted=reviews.MOST_COUNTED)
    if found.snapshot:
        shelf.put(settings, {after: (found.snapshot, found)})
    return found


def sample(request: Request) -> Response:
    """The sample of what was set aside, alone."""
    database = database_of(request)
    found = drawn_waiting(database)
    empty = "" if found else _no_sample(desk_of(request), seen=ever_drawn(database))
    return _list(request, replace(SAMPLE, empty=empty), [], sample=found)


def _no_sample(desk: Desk, *, seen: bool) -> str:
    """Why nothing of a sample waits, and when one is drawn: on Monday, of the week that is over then."""
    if not desk.live.current.radar.learning.sample:
        return SAMPLE.empty
    today = desk.now().date()
    monday = dutch.weekday(today + timedelta(days=7 - today.weekday()))
    if seen:
        return f"De hele steekproef is bekeken. De volgende komt op {monday}."
    told = f"Er is nog geen steekproef. De eerste komt op {monday}."
    return f"{told} Dan loot de radar een paar berichten uit wat hij deze week terzijde legde."


def set_aside(request: Request) -> Response:
    """Items that were not flagged, so that nothing is hidden."""
    desk = desk_of(request)
    chosen = choice(desk, request.query_params)
    after, limit = _position(request), PER_PAGE + 1
    asked = waiting(database_of(request), desk.now(), flagged=False, wanted=chosen.wanted, after=after, limit=limit)
    known = asked.known
    return _list(request, SET_ASIDE, list(known), chosen, known=known)


def second(request: Request) -> Response:
    """Items on which a second opinion was asked for, or on which people differ."""
    return _list(request, SECOND, talk.second_wanted(desk_of(request).engine))


def find(request: Request) -> Response:
    """Everything stored that holds the words that are asked for."""
    desk = desk_of(request)
    chosen = choice(desk, request.query_params)
    ids = search.found(
        desk.engine,
        search_words.asked(chosen.query),
        chosen.wanted,
        before_id=_before(request),
        limit=PER_PAGE + 1,
    )
    return _list(request, FOUND, ids, chosen, behind=search.behind(desk.engine))


def chosen(request: Request) -> Response:
    """Accepted items."""
    return _decided(request, CHOSEN, ACCEPTED)


def turned_down(request: Request) -> Response:
    """Rejected items."""
    return _decided(request, TURNED_DOWN, REJECTED)


def _decided(request: Request, listing: Listing, decision: str) -> Response:
    desk = desk_of(request)
    chosen, before = choice(desk, request.query_params), _before(request)
    ids = reviews.decided_ids(desk.engine, decision, PER_PAGE + 1, wanted=chosen.wanted, before_id=before)
    return _list(request, listing, ids, chosen)


def _list(
    request: Request,
    listing: Listing,
    found: Sequence[int],
    chosen: Choice | None = None,
    *,
    known: Mapping[int, Listed] | None = None,
    count: int | None = None,
    sample: Sequence[int] = (),
    behind: int = 0,
) -> Response:
    desk = desk_of(request)
    shown = found[:PER_PAGE] if listing.choosing else found
    ids = [*shown, *sample]
    known = listed(database_of(request), ids, desk.now()) if known is None else known
    more = chosen is not None and len(found) > len(shown)
    return list_page(
        request,
        {one: known[one] for one in ids if one in known},
        set(sample),
        Back(listing.name, _start(request), chosen.address if chosen else ""),
        Ends(
            _following(listing, shown[-1], known, chosen) if chosen and more else "", _together(listing, chosen), behind
        ),
        listing=listing,
        choice=chosen or choice(desk, {}),
        waiting=count,
        most_waiting=reviews.MOST_COUNTED,
        told=decisions.told_after(request),
    )


def _together(listing: Listing, chosen: Choice | None) -> str:
    """The address of deciding together on what was chosen; "" for a list on which one does not."""
    if listing not in (QUEUE, SET_ASIDE) or not chosen or not chosen.made:
        return ""
    return f"van={listing.name}&{chosen.address}"


def _position(request: Request) -> Position | None:
    """Where the page before ended; anything that is no position means the first page."""
    match = POSITION.fullmatch(request.query_params.get("vanaf", ""))
    return Position(float(match["score"]), int(match["item_id"])) if match else None


def _before(request: Request) -> int | None:
    """The item with which the page before ended, in a list that goes by items; anything else means the first page."""
    before = request.query_params.get("voor_id", "")
    return int(before) if decisions.is_id(before) else None


def _start(request: Request) -> str:
    before = _before(request)
    if before is not None:
        return str(before)
    return request.query_params.get("vanaf", "") if _position(request) else ""


def _following(listing: Listing, last: int, known: Mapping[int, Listed], chosen: Choice) -> str:
    if listing.name in decisions.BY_ITEM:
        after: dict[str, object] = {"voor_id": last}
    else:
        after = {"vanaf": f"{known[last].score!r}-{last}"}
    return f"?{chosen.address}{'&' if chosen.address else ''}{urlencode(after)}"
