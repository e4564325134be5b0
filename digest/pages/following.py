"""What programs follow: feeds of all items and of one theme, and the agenda as a calendar."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from digest import collection, feeds
from digest.collection import Search
from digest.pages.press import Press
from digest.site import Choice

NEWEST = 50
MINUTES_KEPT = 60


def atom(press: Press, request: Request) -> Response:
    """The newest items, or those of one theme, as Atom."""
    return _feed(press, request, "application/atom+xml; charset=utf-8")


def json_feed(press: Press, request: Request) -> Response:
    """The same as a JSON Feed."""
    return _feed(press, request, "application/feed+json; charset=utf-8")


def calendar(press: Press, request: Request) -> Response:
    """The meetings to come, for a calendar program."""
    meetings = collection.agenda(press.engine, press.today(), 200)
    return press.kept(request, feeds.calendar(meetings, press.site), "text/calendar; charset=utf-8", MINUTES_KEPT)


def _feed(press: Press, request: Request, media_type: str) -> Response:
    site, theme = press.site, _theme(press, request)
    if "theme" in request.path_params and theme is None:
        return press.message(request, 404)
    items = collection.search(press.engine, Search(theme=theme.name if theme else ""), NEWEST)
    title = f"Participatieradar: {theme.title}" if theme else "Participatieradar"
    base = site.letterhead.public_url
    page = f"{base}/thema/{theme.name}" if theme else site.letterhead.home_page
    write = feeds.atom if media_type.startswith("application/atom") else feeds.json_feed
    body: str | bytes = write(items, site, title, page, f"{base}{request.url.path}")
    return press.kept(request, body, media_type, MINUTES_KEPT)


def _theme(press: Press, request: Request) -> Choice | None:
    return press.site.theme(request.path_params["theme"]) if "theme" in request.path_params else None
