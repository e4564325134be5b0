"""Feeds: RSS, RDF, Atom and JSON Feed, sound or sloppy, gzipped or not.

A well-formed feed is read by `feed_xml`, which is some twenty times as quick; every other one by feedparser, which
reads nearly anything.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from time import struct_time
from typing import Any

from crawlers.address import key
from crawlers.publication import Dated, Listed, Origin
from crawlers.readers.dates import of_moment
from crawlers.readers.feed_entry import FeedEntry, FeedItem, plain_text
from crawlers.readers.feed_json import parse_json
from crawlers.readers.feed_xml import Parsed, parse_sound
from crawlers.readers.page import decode
from crawlers.readers.unpack import NotUnpacked, unpacked

_HTML = re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.I)
# The lenient parser takes ever longer over a tag with thousands of attributes.
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel|entry|item)\b|r\x00s\x00s\x00|f\x00e\x00e\x00d\x00", re.I)
_GIANT_TAG = re.compile(rb"<[^<>]{65536}")
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)\b", re.I)
ROOT_WITHIN = 100_000
# How the letters begin that were encoded as UTF-8 twice: "Ã", "Â" and "â€" with what follows them.
TWICE_ENCODED = (b"\xc3\x83", b"\xc3\x82\xc2", b"\xc3\xa2\xe2\x82\xac")
# The lenient parser reads some two thousand items a second, and no feed that people read holds as many.
LEAST_ALIKE = 3
MOST_SLOPPY_ENTRIES = 2000
MOST_SLOPPY_TAGS = 120_000


class NotAFeed(ValueError):
    """The body is no feed; the message says what it looks like instead."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its own title and address, and its entries in its own order (one without an address has "" there)."""

    entries: tuple[FeedItem, ...]
    title: str = ""
    link: str = ""

    @property
    def items(self) -> tuple[Listed, ...]:
        """All that is said of each entry."""
        return tuple(entry.whole() for entry in self.entries)


def read_feed(body: bytes, address: str, content_type: str = "") -> Feed:
    """Read a feed; an empty one gives no items.

    Where the feed names no time of publication its update time stands in. Raises only `NotAFeed`.
    """
    try:
        plain = unpacked(body)
    except NotUnpacked as error:
        raise NotAFeed(f"{address} is no feed: {error}") from error
    if any(mark in plain for mark in TWICE_ENCODED):
        plain = decode(plain, content_type).encode("utf-8", "replace")
    parsed = parse_json(plain) if plain.lstrip()[:1] == b"{" else parse_sound(plain, content_type)
    title, link, entries = parsed or parse_sloppy(plain, address, content_type)
    items = tuple(FeedItem(entry, address) for entry in entries)
    _tell_apart(items)
    return Feed(items, plain_text(title), link)


def _tell_apart(items: Sequence[FeedItem]) -> None:
    """Let entries that link to one page go by the parts of it that they link to, each to its own.

    Where most link to one page, such as the front page of the site, let them go by what they are called.
    """
    links = Counter(item.address for item in items)
    for shared in [address for address, many in links.items() if address and many > 1]:
        alike = [item for item in items if item.address == shared]
        parts = {key(item.part): item for item in alike}
        if len(parts) == len(alike):
            for item in alike:
                item.address = item.part
            del links[shared]
    ((shared, many),) = links.most_common(1) or [("", 0)]
    if shared and many >= LEAST_ALIKE and 2 * many >= len(items):
        alike = [item for item in items if item.address == shared]
        called = {item.permalink: item for item in alike if item.permalink}
        if len(called) == len(alike):
            for permalink, item in called.items():
                item.address = permalink


def parse_sloppy(body: bytes, address: str, content_type: str = "") -> Parsed:
    """Title, link and entries of any feed, by feedparser: of a very long one its head. Raises `NotAFeed`."""
    import feedparser  # most feeds are sound, and a run over those need not wait for it

    if not _ROOT.search(body, 0, ROOT_WITHIN) or _GIANT_TAG.search(body):
        raise NotAFeed(f"{address} is no feed: {_looks_like(body)}")
    headers = {"content-type": content_type} if content_type else {}
    try:
        parsed = feedparser.parse(BytesIO(_head(body)), response_headers={**headers, "content-location": address})
    except Exception as error:  # whatever a stranger's bytes do to the parser, they are no feed
        raise NotAFeed(f"{address} could not be read as a feed: {type(error).__name__}: {error}") from error
    if not parsed.get("version") and not parsed.get("entries"):
        raise NotAFeed(f"{address} is no feed: {_looks_like(body)}")
    title, link = str(parsed.feed.get("title") or ""), next(iter(_links(parsed.feed)), "")
    return title, link, [_entry(entry) for entry in parsed.entries]


def _head(body: bytes) -> bytes:
    """As much of a feed as the lenient parser reads in time; a feed has its newest items at its head."""
    too_many = next(islice(_ENTRY.finditer(body), MOST_SLOPPY_ENTRIES, None), None)
    body = body[: too_many.start()] if too_many else body
    return b"<".join(body.split(b"<", MOST_SLOPPY_TAGS)[:MOST_SLOPPY_TAGS])


def _links(element: Mapping[str, Any]) -> tuple[str, ...]:
    alternates = (link.get("href") for link in element.get("links") or () if link.get("rel") in (None, "alternate"))
    return tuple(str(link) for link in (element.get("link"), *alternates) if link)


def _entry(entry: Mapping[str, Any]) -> FeedEntry:
    values = [str(part.get("value") or "") for part in entry.get("content") or ()]
    authors = [str(author.get("name") or "") for author in entry.get("authors") or ()]
    return FeedEntry(
        identity=str(entry.get("id") or ""),
        title=str(entry.get("title") or ""),
        links=_links(entry),
        summary=str(entry.get("summary") or ""),
        content=max(values, key=len, default=""),
        published=_written(entry, "published"),
        created=_written(entry, "created"),
        updated=_written(entry, "updated"),
        label=next((str(tag.get("term") or "") for tag in entry.get("tags") or ()), ""),
        authors=tuple(authors or [str(entry.get("author") or "")]),
        enclosures=tuple(
            (str(e.get("href") or ""), str(e.get("type") or "").lower()) for e in entry.get("enclosures") or ()
        ),
        read_published=_understood(entry, "published"),
        read_updated=_understood(entry, "updated"),
    )


def _written(entry: Mapping[str, Any], field: str) -> str:
    """A time as it is written; not `in entry`, which would give `published` for `updated`."""
    return str(entry.get(field) or "") if field in entry.keys() else ""  # noqa: SIM118


def _understood(entry: Mapping[str, Any], field: str) -> Dated | None:
    """A time as feedparser understood it."""
    parsed = entry.get(f"{field}_parsed") if f"{field}_parsed" in entry.keys() else None  # noqa: SIM118
    if not isinstance(parsed, struct_time) or not 1950 <= parsed.tm_year <= 2100:
        return None
    return of_moment(datetime.fromtimestamp(calendar.timegm(parsed), UTC), Origin.FEED)


def _looks_like(body: bytes) -> str:
    """What a body that is no feed seems to be, in words."""
    start = body[:2000].lstrip()
    if not start:
        return "the body is empty"
    if _HTML.search(start):
        return "it is an HTML page"
    if start.startswith((b"{", b"[")):
        return "it is JSON"
    if start.startswith(b"%PDF"):
        return "it is a PDF"
    if start.startswith(b"<"):
        return "it is XML of another kind"
    return "it is neither XML nor HTML"
