"""What everybody may read: the front page, the letters, their items, the examples and the agenda."""

from __future__ import annotations

import re
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from digest import archive, collection, dutch
from digest.collection import Search
from digest.edition import Audience, Kind
from digest.pages.press import Press
from digest.records import Published
from digest.site import find

PAGE = 20
LARGEST_ID = 2**31 - 1
LONGEST_SEARCH = 100
ISSUE = re.compile(r"[0-9]{4}-[WM][0-9]{2}")
REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,200}")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
SHOWN_FROM = 5  # so few that said "useful" could be known to each other


def home(press: Press, request: Request) -> Response:
    """What this is, the newest letters, and what is coming up."""
    return press.public(
        request,
        "home.html",
        letters=archive.latest(press.engine, 3),
        examples=collection.search(press.engine, Search(kind=Kind.PRAKTIJKVOORBEELD), 3),
        meetings=collection.agenda(press.engine, press.today(), 3),
        today=press.today(),
    )


def letters(press: Press, request: Request) -> Response:
    """Every edition that was sent, the newest first."""
    audience = _choice(request, "voor", Audience)
    found = archive.latest(press.engine, PAGE + 1, audience=audience, before=_before(request))
    return press.public(
        request,
        "letters.html",
        letters=found[:PAGE],
        next_page=_next_page(request, found[PAGE - 1].id if len(found) > PAGE else None),
        audience=audience,
        audiences=list(Audience),
    )


def letter(press: Press, request: Request) -> Response:
    """One edition, as everybody got it."""
    audience, issue = request.path_params["audience"], request.path_params["issue"]
    edition = None
    if audience in list(Audience) and ISSUE.fullmatch(issue):
        edition = archive.find(press.engine, Audience(audience), issue)
    if edition is None:
        return press.message(request, 404)
    return press.public(request, "letter.html", edition=edition)


def item(press: Press, request: Request) -> Response:
    """One item in our own words, and where it came from."""
    found = published(press, request)
    if found is None:
        return press.message(request, 404)
    useful = dutch.count(found.useful, "lezer", "lezers") if found.useful >= SHOWN_FROM else ""
    return press.public(request, "item.html", item=found, entry=found.entry, useful=useful)


def published(press: Press, request: Request) -> Published | None:
    """The item that the address of the page names, if there is one; any text may come in."""
    reference = request.path_params["reference"]
    return collection.find(press.engine, reference) if REFERENCE.fullmatch(reference) else None


def examples(press: Press, request: Request) -> Response:
    """The collection of practice, searched by theme, goal, rung of the ladder, region and words."""
    return _found(press, request, "examples.html", Kind.PRAKTIJKVOORBEELD)


def theme(press: Press, request: Request) -> Response:
    """Everything about one theme."""
    chosen = press.site.theme(request.path_params["theme"])
    if chosen is None:
        return press.message(request, 404)
    found = collection.search(press.engine, Search(theme=chosen.name, before=_before(request)), PAGE + 1)
    last = found[PAGE - 1].id if len(found) > PAGE else None
    return press.public(request, "theme.html", theme=chosen, items=found[:PAGE], next_page=_next_page(request, last))


def agenda(press: Press, request: Request) -> Response:
    """The meetings to come, by day."""
    meetings = collection.agenda(press.engine, press.today(), 100)
    soon = press.today() + timedelta(days=7)
    return press.public(request, "agenda.html", meetings=meetings, today=press.today(), soon=soon)


def ways_to_follow(press: Press, request: Request) -> Response:
    """How to follow the radar without giving an address."""
    return press.public(request, "following.html")


def privacy(press: Press, request: Request) -> Response:
    """What is kept of whom, why and how long."""
    return press.public(request, "privacy.html")


def accessibility(press: Press, request: Request) -> Response:
    """How usable these pages are for everybody, and where to complain."""
    return press.public(request, "accessibility.html")


def _found(press: Press, request: Request, template: str, kind: Kind) -> Response:
    asked, site = request.query_params, press.site
    wanted = Search(
        kind=kind,
        theme=asked.get("thema", "") if find(site.themes, asked.get("thema", "")) else "",
        goal=asked.get("doel", "") if find(site.goals, asked.get("doel", "")) else "",
        rung=asked.get("trede", "") if find(site.rungs, asked.get("trede", "")) else "",
        region={"twente": True, "landelijk": False}.get(asked.get("regio", "")),
        words=CONTROL.sub(" ", asked.get("woorden", ""))[:LONGEST_SEARCH].strip(),
        before=_before(request),
    )
    found = collection.search(press.engine, wanted, PAGE + 1)
    last = found[PAGE - 1].id if len(found) > PAGE else None
    narrowed = any((wanted.theme, wanted.goal, wanted.rung, wanted.region is not None, wanted.words))
    return press.public(
        request,
        template,
        wanted=wanted,
        narrowed=narrowed,
        items=found[:PAGE],
        next_page=_next_page(request, last),
    )


def _choice(request: Request, name: str, of: type[Audience]) -> Audience | None:
    value = request.query_params.get(name, "")
    return of(value) if value in list(of) else None


def _before(request: Request) -> int | None:
    text = request.query_params.get("na", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= LARGEST_ID else None


def _next_page(request: Request, last: int | None) -> str:
    """The address of the page after this one: what was asked stays, only where it begins moves on."""
    if last is None:
        return ""
    return f"{request.url.path}?{request.url.include_query_params(na=last).query}"
