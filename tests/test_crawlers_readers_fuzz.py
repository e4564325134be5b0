"""Whatever bytes a site sends, a reader answers or raises its own named error."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.publication import Origin
from crawlers.readers.article import read_article, walls
from crawlers.readers.dates import date_in_address, find_date, parse_declared
from crawlers.readers.feed import NotAFeed, read_feed
from crawlers.readers.overview import read_overview
from crawlers.readers.pdf import NotAPdf, read_pdf
from crawlers.readers.sitemap import NotASitemap, read_sitemap

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


def read_all(body: bytes) -> None:
    """Give a body to every reader; only the named errors are caught."""
    read_overview(body, ADDRESS, today=TODAY)
    read_article(body, ADDRESS, TODAY)
    walls(body, ADDRESS)
    with suppress(NotAFeed):
        read_feed(body, ADDRESS)
    with suppress(NotASitemap):
        read_sitemap(body, ADDRESS)
    with suppress(NotAPdf):
        read_pdf(body, ADDRESS)


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
