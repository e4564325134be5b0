"""What search engines read: which pages are not for them (RFC 9309), and a list of those that are (sitemaps.org)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response

from digest import archive, collection
from digest.pages.press import Press

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_LETTERS = 5_000  # the newest; with the items they stay under the 50,000 that a sitemap may hold
MOST_ITEMS = 40_000
HOURS_KEPT = 24
ALWAYS_THERE = ("/brieven", "/voorbeelden", "/agenda", "/volgen", "/tip", "/aanmelden", "/privacy", "/toegankelijkheid")
NOT_FOR_ROBOTS = ("/voorkeuren", "/afmelden/", "/aanmelden/bevestigen/", "/inloggen")


def robots(press: Press, request: Request) -> Response:
    """The pages of one reader, and signing in, are nothing for a search engine."""
    rules = [f"Disallow: {path}" for path in NOT_FOR_ROBOTS]
    lines = ["User-agent: *", *rules, "", f"Sitemap: {press.site.letterhead.public_url}/sitemap.xml", ""]
    return press.kept(request, "\n".join(lines), "text/plain; charset=utf-8", HOURS_KEPT * 60)


def sitemap(press: Press, request: Request) -> Response:
    """Every page that everybody may read, with the day of the letters and items."""
    ElementTree.register_namespace("", SITEMAP)
    urls = ElementTree.Element(f"{{{SITEMAP}}}urlset")
    for address, day in _pages(press):
        url = ElementTree.SubElement(urls, f"{{{SITEMAP}}}url")
        ElementTree.SubElement(url, f"{{{SITEMAP}}}loc").text = address
        if day:
            ElementTree.SubElement(url, f"{{{SITEMAP}}}lastmod").text = day.isoformat()
    body: bytes = ElementTree.tostring(urls, encoding="utf-8", xml_declaration=True)
    return press.kept(request, body, "application/xml; charset=utf-8", HOURS_KEPT * 60)


def _pages(press: Press) -> Iterator[tuple[str, date | None]]:
    letterhead = press.site.letterhead
    yield letterhead.home_page, None
    for path in ALWAYS_THERE:
        yield f"{letterhead.public_url}{path}", None
    for theme in press.site.themes:
        yield f"{letterhead.public_url}/thema/{theme.name}", None
    for letter in archive.latest(press.engine, MOST_LETTERS):
        yield f"{letterhead.archive_page}/{letter.audience.value}/{letter.issue}", press.our_day(letter.frozen_at)
    for reference, published_at in collection.references(press.engine, MOST_ITEMS):
        yield letterhead.item_page(reference), press.our_day(published_at)
