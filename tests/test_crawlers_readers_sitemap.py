"""Sitemaps and their indexes."""

from __future__ import annotations

import gzip
from datetime import date

import pytest

from crawlers.publication import Origin
from crawlers.readers.sitemap import NotASitemap, read_sitemap

ADDRESS = "https://aedes.example/sitemap.xml"
NEWS = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://aedes.example/vereniging/congres </loc><lastmod>2026-11-05T10:00:00+01:00</lastmod>
<image:image><image:title>Foto</image:title></image:image>
<news:news><news:publication_date>2026-11-04</news:publication_date>
<news:title>Congres kiest</news:title></news:news></url>
<url><loc>https://aedes.example/thema</loc><lastmod>2026-10-01</lastmod></url>
<url><loc>mailto:x@y</loc></url></urlset>"""


def test_items_with_their_times() -> None:
    """`lastmod` is a time of change, never of publication; the news fields give title and date."""
    first, second = read_sitemap(NEWS, ADDRESS).items
    assert (first.address, first.title, first.modified) == (
        "https://aedes.example/vereniging/congres", "Congres kiest", "2026-11-05T09:00:00+00:00",
    )  # fmt: skip
    assert first.published is not None
    assert (first.published.day, first.published.origin) == (date(2026, 11, 4), Origin.FEED)
    assert (second.published, second.modified) == (None, "2026-10-01")


def test_index_names_its_children() -> None:
    """An index gives the addresses of further sitemaps and no items."""
    body = (
        b"<sitemapindex><sitemap><loc>/s-1.xml</loc></sitemap><sitemap><loc>/s-2.xml.gz</loc></sitemap></sitemapindex>"
    )
    found = read_sitemap(body, ADDRESS)
    assert found.children == ("https://aedes.example/s-1.xml", "https://aedes.example/s-2.xml.gz")
    assert found.items == ()


def test_the_part_of_an_index_that_changed_last_comes_first() -> None:
    """Of an index too large to be read whole the newest parts are read; those without a time keep their order."""
    times = ("", "2019-05-01", "2026-11-23T08:00:00+01:00", "", "2024-01-01")
    parts = "".join(
        f"<sitemap><loc>/s-{n}.xml</loc><lastmod>{time}</lastmod></sitemap>" for n, time in enumerate(times)
    )
    children = read_sitemap(f"<sitemapindex>{parts}</sitemapindex>".encode(), ADDRESS).children
    assert [child[-5] for child in children] == ["2", "4", "1", "0", "3"]


def test_gzipped_sitemap_is_unpacked() -> None:
    """A .gz body reads as the plain one."""
    assert read_sitemap(gzip.compress(NEWS), ADDRESS) == read_sitemap(NEWS, ADDRESS)


def test_gzip_bomb_is_refused() -> None:
    """Unpacking stops at ten megabytes, whatever the body claims."""
    with pytest.raises(NotASitemap, match="10 MB"):
        read_sitemap(gzip.compress(b"<urlset>" + b" " * 30_000_000), ADDRESS)


def test_external_entities_stay_outside() -> None:
    """No file of this machine comes in by way of an entity."""
    body = b"""<?xml version="1.0"?><!DOCTYPE u [<!ENTITY f SYSTEM "file:///etc/hostname">]>
    <urlset><url><loc>https://aedes.example/&f;</loc></url></urlset>"""
    assert all(item.address == "https://aedes.example/" for item in read_sitemap(body, ADDRESS).items)


@pytest.mark.parametrize("body", [b"", b"<html><body>404</body></html>", b"\x1f\x8bkapot", b"geen xml", b"<rss></rss>"])
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    """HTML, feeds, broken gzip and plain text are told apart from a sitemap."""
    with pytest.raises(NotASitemap):
        read_sitemap(body, ADDRESS)
