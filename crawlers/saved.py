"""Runs one reader on a saved file and tells what it yields, as values that JSON can hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from crawlers.publication import Article, Dated, Listed
from crawlers.readers.article import read_article
from crawlers.readers.feed import NotAFeed, read_feed
from crawlers.readers.overview import read_overview
from crawlers.readers.pdf import NotAPdf, read_pdf
from crawlers.readers.sitemap import NotASitemap, read_sitemap
from crawlers.readers.sru import NotSru, read_sru
from crawlers.readers.wordpress import NotWordPress, read_wordpress

Answer = dict[str, Any]

# Relative links of a file without an address are resolved against this (RFC 2606) and told as they stand.
NOWHERE = "https://nowhere.invalid/"


class Reader(StrEnum):
    """What a saved file can be read as."""

    OVERVIEW = "overview"
    ARTICLE = "article"
    FEED = "feed"
    SITEMAP = "sitemap"
    PDF = "pdf"
    WORDPRESS = "wordpress"
    SRU = "sru"


class NotReadable(ValueError):
    """The bytes are not what they were to be read as; the message says what they are."""


def read_saved(reader: Reader, body: bytes, address: str, today: date) -> Answer:
    """What a reader makes of some bytes; links are resolved against `address`. Raises `NotReadable`.

    Without an address, relative links become paths.
    """
    read: Callable[[bytes, str, date], Answer] = {
        Reader.OVERVIEW: _overview,
        Reader.ARTICLE: _article,
        Reader.FEED: _feed,
        Reader.SITEMAP: _sitemap,
        Reader.PDF: _pdf,
        Reader.WORDPRESS: _wordpress,
        Reader.SRU: _sru,
    }[reader]
    try:
        return read(body, address or NOWHERE, today)
    except (NotAFeed, NotASitemap, NotAPdf, NotWordPress, NotSru) as error:
        raise NotReadable(str(error).replace(NOWHERE, "the file")) from error


def _overview(body: bytes, address: str, today: date) -> Answer:
    overview = read_overview(body, address, today=today)
    return {"items": [_item(item) for item in overview.items], "next_page": _shown(overview.next_page)}


def _article(body: bytes, address: str, today: date) -> Answer:
    return _page(read_article(body, address, today))


def _feed(body: bytes, address: str, today: date) -> Answer:
    feed = read_feed(body, address)
    return {"feed": {"title": feed.title, "link": _shown(feed.link)}, "entries": [_entry(item) for item in feed.items]}


def _sitemap(body: bytes, address: str, today: date) -> Answer:
    sitemap = read_sitemap(body, address)
    return {"items": [_item(item) for item in sitemap.items], "children": list(sitemap.children)}


def _wordpress(body: bytes, address: str, today: date) -> Answer:
    posts = read_wordpress(body, address)
    return {"items": [_item(item) for item in posts.items], "children": list(posts.children)}


def _sru(body: bytes, address: str, today: date) -> Answer:
    records = read_sru(body, address)
    items = [_item(item) for item in records.items]
    return {"items": items, "total": records.total, "next_page": _shown(records.next_page)}


def _pdf(body: bytes, address: str, today: date) -> Answer:
    return _page(read_pdf(body, address))


def _item(item: Listed) -> Answer:
    found = {"url": _shown(item.address), "title": item.title or None, **_dated(item.published, "date")}
    more = {"intro": item.intro, "label": item.label, "modified": item.modified, "documents": list(item.documents)}
    return found | {name: value for name, value in more.items() if value}


def _entry(item: Listed) -> Answer:
    found = {"id": item.identity or None, "title": item.title or None, "link": _shown(item.address) or None}
    return found | _dated(item.published, "published")


def _shown(address: str) -> str:
    return address.removeprefix(NOWHERE[:-1])


def _page(article: Article) -> Answer:
    return {
        "title": article.title or None,
        **_dated(article.published, "date"),
        "author": list(article.authors),
        "label": article.label or None,
        "text": article.text,
        "documents": list(article.documents),
    }


def _dated(dated: Dated | None, name: str) -> Answer:
    """A date as ISO 8601, with how exact it is and where it came from."""
    if dated is None:
        return {name: None}
    written = dated.moment.isoformat() if dated.moment else dated.day.isoformat()
    return {name: written, "precision": dated.precision.value, "origin": dated.origin.value}
