"""Whatever bytes a site sends, a reader answers or raises its own named error."""

from __future__ import annotations

import json
import resource
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.publication import Origin
from crawlers.readers.article import read_article, walls
from crawlers.readers.dates import date_in_address, find_date
from crawlers.readers.feed import NotAFeed, read_feed
from crawlers.readers.known_links import selector_of
from crawlers.readers.machine_dates import parse_declared
from crawlers.readers.overview import read_overview
from crawlers.readers.pdf import NotAPdf, read_pdf
from crawlers.readers.sitemap import NotASitemap, read_sitemap
from crawlers.readers.sru import NotSru, read_sru
from crawlers.readers.wordpress import NotWordPress, read_wordpress

LONGEST = 20.0  # seconds for all readers on one body, on a busy machine
MOST_MEMORY = 1024 * 1024  # KiB of this process
TODAY = date(2026, 11, 24)
ADDRESS = "https://bond.example/nieuws/"
PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
PIECES = [
    "<div>", "</div>", "<a href='/x'>", "<a href='http://[::1'>", "<a href='//:99999/'>", "</a>", "<ul>",
    "<li>", "<table>", "<tr>", "<td>", "<h1>", "</h1>", "<time datetime='9999-99-99'>",
    "<time datetime='2024-05-01'>", "<base href='::'>", "<base href='/a/'>", "<!--", "-->", "<![CDATA[",
    "]]>", "&#0;", "&#xD800;", "&bogus;", "1 mei 2024", "31-02-2024", "<script type='application/ld+json'>",
    '{"@type":"Article","author":[[]],"datePublished":7}', "[[[[", "</script>", "<rss>", "<channel>",
    "<item>", "<link>x</link>", "<pubDate>never</pubDate>", "<urlset>", "<url>", "<loc>http://x/</loc>",
    "<lastmod>0000</lastmod>", "<?xml version='1.0' encoding='x'?>", "<svg>", "<input type=password>", '\x00',
    '\ufffe', "é", "<meta charset='utf-7'>", "<meta property='og:title' content='-'>", "<nav>",
    "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<title>", "</title>", "<updated>2024</updated>",
    "<id>http://x</id>",
]  # fmt: skip
soup = st.lists(st.sampled_from(PIECES), max_size=60).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
bodies = st.one_of(st.binary(max_size=400), soup)


READERS = (
    lambda body: read_overview(body, ADDRESS, today=TODAY),
    lambda body: read_article(body, ADDRESS, TODAY),
    lambda body: walls(body, ADDRESS),
    lambda body: read_feed(body, ADDRESS),
    lambda body: read_sitemap(body, ADDRESS),
    lambda body: read_pdf(body, ADDRESS),
    lambda body: read_wordpress(body, ADDRESS),
    lambda body: read_sru(body, ADDRESS),
    lambda body: selector_of(body, ADDRESS, {"bond.example/x", "bond.example/a", "bond.example/nieuws/een"}),
)
REFUSALS = (NotAFeed, NotASitemap, NotAPdf, NotWordPress, NotSru)


def read_all(body: bytes) -> None:
    """Give a body to every reader; only the named errors are caught."""
    for reader in READERS:
        with suppress(*REFUSALS):
            reader(body)


@settings(max_examples=150, deadline=None)
@given(bodies)
def test_any_bytes_are_survived(body: bytes) -> None:
    """Random bytes and random markup raise nothing but the named errors."""
    read_all(body)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PAGES), st.integers(0, 6000), st.integers(0, 400), st.binary(max_size=20))
def test_damaged_pages_are_survived(path: Path, start: int, length: int, patch: bytes) -> None:
    """A good page with a piece cut out and rubbish put in its place is still read."""
    whole = path.read_bytes()
    read_all(whole[:start] + patch + whole[start + length :])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_damaged_pdfs_are_survived(tail: bytes) -> None:
    """Anything that starts like a PDF is read or refused by name."""
    with suppress(NotAPdf):
        read_pdf(
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Kids[3 0 R]/Count 1>>endobj " + tail,
            ADDRESS,
        )


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789-/.: TZ+apmeijunov,'tot", max_size=40))
def test_any_text_with_digits_is_survived(text: str) -> None:
    """Dates of any shape, possible or not, give a date or nothing."""
    find_date(text, Origin.TEXT, TODAY)
    parse_declared(text, Origin.META)
    date_in_address(f"https://x.nl/{text}", TODAY)


def test_deep_nesting_is_survived() -> None:
    """Pages nested a hundred thousand elements deep do not break the readers."""
    read_all(b"<div>" * 100_000 + b"<a href=/x>Een titel van vier woorden</a>")
    read_all(b"<ul><li><a href=/a>" * 20_000)


SEA = 4 * 2**20


def sea(wave: bytes, start: bytes = b"") -> bytes:
    """Four megabytes of nothing but the same tags."""
    return start + wave * (SEA // len(wave))


SEAS = {
    "wide": sea(b"<p>"),
    "deep": sea(b"<div>"),
    "one link": sea(b"<a href=/x>Een titel van vier</a>"),
    "links ever deeper": sea(b"<ul><li><a href=/a>"),
    "headings": sea(b"<h2>Kop</h2><p>tekst</p>"),
    "items": sea(b"<item><title>a</title><link>/x</link></item>", b"<rss><channel>"),
    "items ever deeper": sea(b"<item>", b"<rss><channel>"),
    "entries": sea(b"<entry><id>a</id></entry>", b"<feed xmlns='http://www.w3.org/2005/Atom'>"),
    "tags in one item": sea(b"<div>", b"<rss><channel><item><description>&x;"),
    "locations": sea(b"<url><loc>http://x/</loc></url>", b"<urlset>"),
    "records": sea(b"<recordData><title>a</title></recordData>", b"<searchRetrieveResponse>"),
}
QUICK = 5.0  # seconds on a machine that does nothing else


@pytest.mark.parametrize("name", SEAS)
def test_seas_of_tags_are_crossed_in_time(name: str) -> None:
    """Four megabytes of tags, wide or deep, take each reader five seconds at most, and twice that on a busy machine."""
    slow = {}
    for reader in READERS:
        began = time.process_time()
        with suppress(*REFUSALS):
            reader(SEAS[name])
        if (spent := time.process_time() - began) > 2 * QUICK:
            slow[reader] = spent
    assert slow == {}


def test_markup_in_a_feed_is_bounded() -> None:
    """An item of a sound feed that holds a million tags is read from its beginning."""
    body = sea(b"<p>a", b"<rss><channel><item><title>Titel</title><link>/x</link><description><![CDATA[")
    (item,) = read_feed(body + b"]]></description></item></channel></rss>", ADDRESS).items
    assert item.title == "Titel"
    assert 0 < len(item.intro) < SEA // 8


TEXTS = ["id", "link", "url", "title", "rendered", "content", "date_gmt", "date_published", "type", "rest_base", "code"]
LISTS = ["items", "version", "authors", "name", "tags", "attachments", "routes", "message"]
names = st.sampled_from([*TEXTS, *LISTS])
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "https://jsonfeed.org/version/1", "/x", "2026-11-02"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(values)
def test_any_json_is_survived(value: object) -> None:
    """JSON of any shape, with the names of JSON Feed and WordPress in it, gives items or a named error."""
    read_all(json.dumps(value).encode())


BOMBS = {
    "deep json": b"[" * 200_000,
    "deep json feed": b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000,
    "a huge attribute": b"<a href='/x' class='" + b"x " * 300_000 + b"'>Een titel van vier woorden</a>",
    "many attributes": b"<a " + b"".join(b"a%d='1' " % n for n in range(5_000)) + b"href='/x'>Een titel</a>",
    "one long word": b"<p>" + b"1" * 2_000_000,
    "many dates": b"<h1>Titel</h1><p>" + b"1 mei 2024 - " * 30_000,
    "many dates in a card": b"".join(
        b"<article><h2><a href='/%d'>Een titel van vier woorden</a></h2><p>" % n + b"1 mei 2024 en " * 20_000
        for n in range(3)
    ),
    "many links": b"<ul>" + b"<li><a href='/nieuws/een-titel'>Een titel van vier woorden</a>" * 3_000,
    "entities that grow": b"<!DOCTYPE rss [" + b"".join(
        b"<!ENTITY e%d '%s'>" % (n + 1, b"&e%d;" % n * 10) for n in range(9)
    ) + b"<!ENTITY e0 'x'>]><rss><channel><item><title>&e9;</title><link>/x</link></item></channel></rss>",
    "deep xml": b"<rss><channel>" + b"<item>" * 20_000,
    "spaces": b"<p>" + b" " * 3_000_000 + b"</p>",
    "at signs": b"<p>" + b"a@" * 300_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_do_not_go_off(name: str) -> None:
    """Bodies made to take long or to grow are read, or refused by name, in bounded time and memory."""
    began = time.process_time()
    read_all(BOMBS[name])
    assert time.process_time() - began < LONGEST
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MOST_MEMORY
