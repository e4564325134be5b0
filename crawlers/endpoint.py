"""Reads what an endpoint answered as a list of items, or says why it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlsplit

from crawlers.address import site
from crawlers.publication import Entry, Listed, Reason
from crawlers.readers.article import read_article
from crawlers.readers.feed import NotAFeed, read_feed
from crawlers.readers.overview import read_overview
from crawlers.readers.sitemap import NotASitemap, read_sitemap
from crawlers.readers.sru import NotSru, read_sru
from crawlers.readers.walls import is_script_only, walls
from crawlers.readers.wordpress import NotWordPress, read_wordpress
from crawlers.source import Endpoint, Kind

ERROR_PATH = re.compile(r"/(404|error|fout|not-?found|niet-gevonden|pagina-niet-gevonden)\b", re.IGNORECASE)
SOMETHING_ELSE: dict[type[Exception], Reason] = {
    NotAFeed: Reason.NOT_A_FEED,
    NotASitemap: Reason.NOT_A_SITEMAP,
    NotWordPress: Reason.NOT_WORDPRESS,
    NotSru: Reason.NOT_SRU,
}
PAGES = (Kind.OVERVIEW, Kind.WATCH)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a server: where it came from in the end, its status, its headers in lower case, and its bytes.

    `seconds` is how long it took to begin; `trail` is each address that was really asked for it, with its status.
    """

    asked: str
    address: str
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    trail: tuple[tuple[str, int], ...] = ()

    @property
    def content_type(self) -> str:
        """The media type with its parameters, as declared."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """An address that could not be asked or did not answer; `trail` is what was asked for it, 0 without an answer."""

    reason: Reason
    detail: str = ""
    trail: tuple[tuple[str, int], ...] = ()


Fetched = Answer | NoAnswer


@dataclass(frozen=True, slots=True)
class Listing:
    """The items of one listing, and where it goes on; `note` tells what may be missing."""

    entries: tuple[Entry, ...]
    next_page: str = ""
    children: tuple[str, ...] = ()
    note: str = ""

    @property
    def items(self) -> tuple[Listed, ...]:
        """All that is said of each item."""
        return tuple(entry.whole() for entry in self.entries)


class ListingFailed(Exception):
    """A listing gave nothing; `reason` is its code and `detail` says more."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail or reason.value)
        self.reason = reason
        self.detail = detail


def read_listing(endpoint: Endpoint, answer: Answer, today: date) -> Listing:
    """Read an endpoint's answer; raises `ListingFailed` with the reason when it is no listing."""
    if answer.status == 304:
        raise ListingFailed(Reason.UNCHANGED)
    if answer.status >= 400:
        raise ListingFailed(Reason.HTTP_ERROR, f"HTTP {answer.status}")
    if site(answer.address) != site(answer.asked):
        raise ListingFailed(Reason.OFF_SITE, f"redirected to {answer.address}")
    if answer.address != answer.asked and ERROR_PATH.search(urlsplit(answer.address).path):
        raise ListingFailed(Reason.ERROR_PAGE, f"redirected to {answer.address}")
    try:
        listing = _read(endpoint, answer, today)
    except tuple(SOMETHING_ELSE) as error:
        reason = walls(answer.body, answer.address) or SOMETHING_ELSE[type(error)]
        raise ListingFailed(reason, str(error)) from error
    except Exception as error:
        # A reader must read anything; one page that it cannot read is told as such and stops no other source.
        raise ListingFailed(Reason.READER_FAILED, f"{type(error).__name__}: {error}") from error
    if not listing.entries and not listing.children:
        _check_for_walls(endpoint, answer)
    return _whole(endpoint, answer, listing, today)


def _check_for_walls(endpoint: Endpoint, answer: Answer) -> None:
    """Raise `ListingFailed` when a page without items shows why it has none."""
    if wall := walls(answer.body, answer.address):
        raise ListingFailed(wall)
    if endpoint.kind in PAGES and is_script_only(answer.body):
        raise ListingFailed(Reason.SCRIPT_ONLY, "a page of scripts with hardly a word")


def _whole(endpoint: Endpoint, answer: Answer, listing: Listing, today: date) -> Listing:
    """A listing with the further questions of its endpoint, and with a note when the answer may not be all."""
    asked = endpoint.addresses(today)
    full = bool(endpoint.cap) and len(listing.entries) >= endpoint.cap
    halves = endpoint.narrower(answer.asked, today) if full else ()
    children = (*listing.children, *halves, *(asked[1:] if answer.asked == asked[0] else ()))
    many = f"{answer.asked} gave {len(listing.entries)} items, as many as it ever gives: there may be more"
    return replace(listing, children=children, note=many if full and not halves else "")


def _read(endpoint: Endpoint, answer: Answer, today: date) -> Listing:
    match endpoint.kind:
        case Kind.FEED:
            return Listing(read_feed(answer.body, answer.address, answer.content_type).entries)
        case Kind.SITEMAP:
            sitemap = read_sitemap(answer.body, answer.address)
            return Listing(sitemap.items, children=sitemap.children)
        case Kind.OVERVIEW:
            overview = read_overview(answer.body, answer.address, endpoint.css, answer.content_type, today)
            return Listing(overview.items, next_page=overview.next_page)
        case Kind.WORDPRESS:
            posts = read_wordpress(answer.body, answer.address, answer.headers)
            return Listing(posts.items, next_page=posts.next_page, children=posts.children)
        case Kind.SRU:
            records = read_sru(answer.body, answer.address)
            return Listing(records.items, next_page=records.next_page)
        case Kind.WATCH:
            return Listing(_watched(answer, today))


def _watched(answer: Answer, today: date) -> tuple[Listed, ...]:
    """The page itself, as changed today: whether it did is for those who know what it said before."""
    article = read_article(answer.body, answer.address, today, answer.content_type)
    if not article.text:
        return ()
    page = Listed(
        address=answer.asked,
        title=article.title,
        intro=article.intro,
        text=article.text,
        published=article.published,
        modified=today.isoformat(),
        label=article.label,
        documents=article.documents,
    )
    return (page,)
