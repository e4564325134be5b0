"""Feeds: RSS, RDF and Atom, however sloppy, as listed items."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser
import lxml.html
from lxml import etree

from crawlers.address import absolute
from crawlers.publication import Dated, Listed, Origin
from crawlers.readers.dates import of_moment, parse_declared, utc_text
from crawlers.readers.page import clean, text_of

_MARKUP = re.compile(r"<[a-z/!][^>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z]\w+);", re.I)
_HTML = re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.I)
DOCUMENT_TYPES = ("application/pdf", "application/msword")


class NotAFeed(ValueError):
    """The body is no feed; the message says what it looks like instead."""


def read_feed(body: bytes, address: str, content_type: str = "") -> tuple[Listed, ...]:
    """Read the items of a feed in its own order; an empty feed gives none.

    Where the feed names no time of publication its update time stands in. Raises only `NotAFeed`.
    """
    headers = {"content-type": content_type} if content_type else {}
    try:
        parsed = feedparser.parse(BytesIO(body), response_headers={**headers, "content-location": address})
    except Exception as error:  # whatever a stranger's bytes do to the parser, they are no feed
        raise NotAFeed(f"{address} could not be read as a feed: {type(error).__name__}: {error}") from error
    if not parsed.get("version") and not parsed.get("entries"):
        raise NotAFeed(f"{address} is no feed: {_looks_like(body)}")
    items = (_listed(entry, address) for entry in parsed.entries)
    return tuple(item for item in items if item)


def _listed(entry: Mapping[str, Any], address: str) -> Listed | None:
    link = _link(entry, address)
    if not link:
        return None
    title = plain_text(str(entry.get("title") or ""))
    summary = plain_text(str(entry.get("summary") or ""))
    text = _content(entry)
    modified = _moment(entry, "updated")
    return Listed(
        address=link,
        title=title,
        intro=summary if summary != text else "",
        published=_published(entry),
        modified=utc_text(modified.moment) if modified and modified.moment else (str(modified.day) if modified else ""),
        label=next((plain_text(str(tag.get("term") or "")) for tag in entry.get("tags") or ()), ""),
        text=text,
        authors=_authors(entry),
        documents=_documents(entry, address),
    )


def plain_text(markup: str) -> str:
    """Text without its HTML, on one line; text that holds no markup stays as it is."""
    if not _MARKUP.search(markup):
        return clean(markup)
    tree = _fragment(markup)
    return clean(markup) if tree is None else text_of(tree)


def _content(entry: Mapping[str, Any]) -> str:
    """The full text of an entry, paragraphs parted by an empty line."""
    values = [str(part.get("value") or "") for part in entry.get("content") or ()]
    longest = max(values, key=len, default="")
    if not longest:
        return ""
    tree = _fragment(longest)
    if tree is None:
        return clean(longest)
    blocks = list(tree.iter("p", "h1", "h2", "h3", "h4", "li", "blockquote", "pre", "td"))
    inner = [text for block in blocks if block.find(".//p") is None and (text := text_of(block))]
    whole = text_of(tree)
    return "\n\n".join(inner) if sum(map(len, inner)) > len(whole) // 2 else whole


def _fragment(markup: str) -> lxml.html.HtmlElement | None:
    try:
        return lxml.html.fragment_fromstring(markup.replace("\x00", ""), create_parent="div")
    except (etree.LxmlError, ValueError, TypeError, AssertionError):
        return None


def _link(entry: Mapping[str, Any], address: str) -> str:
    """The page of an entry: its link, else an alternate link, else a guid or id that is an address."""
    alternates = [link.get("href") for link in entry.get("links") or () if link.get("rel") in (None, "alternate")]
    for candidate in (entry.get("link"), *alternates):
        if candidate and (found := absolute(address, str(candidate))):
            return found
    identity = str(entry.get("id") or "")
    return absolute(address, identity) if re.match(r"https?://", identity, re.I) else ""


def _published(entry: Mapping[str, Any]) -> Dated | None:
    return _moment(entry, "published") or _moment(entry, "created") or _moment(entry, "updated")


def _moment(entry: Mapping[str, Any], field: str) -> Dated | None:
    """A time of an entry: as written when that can be read (it keeps the zone), else as feedparser understood it."""
    if f"{field}_parsed" not in entry.keys() and field not in entry.keys():  # noqa: SIM118 - `in entry` maps names
        return None
    written = str(entry.get(field) or "")
    if found := parse_declared(written, Origin.FEED):
        return found
    parsed = entry.get(f"{field}_parsed")
    if not isinstance(parsed, struct_time) or not 1950 <= parsed.tm_year <= 2100:
        return None
    return of_moment(datetime.fromtimestamp(calendar.timegm(parsed), UTC), Origin.FEED)


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    names = [str(author.get("name") or "") for author in entry.get("authors") or ()] or [str(entry.get("author") or "")]
    return tuple(dict.fromkeys(name for raw in names if (name := plain_text(raw)) and "@" not in name))


def _documents(entry: Mapping[str, Any], address: str) -> tuple[str, ...]:
    enclosures = entry.get("enclosures") or ()
    found = (absolute(address, str(e.get("href") or "")) for e in enclosures if e.get("type") in DOCUMENT_TYPES)
    return tuple(document for document in found if document)


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
