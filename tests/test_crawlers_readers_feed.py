"""Feeds, well made and sloppy."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawlers.publication import Origin, Precision
from crawlers.readers.feed import NotAFeed, read_feed

ADDRESS = "https://bond.example/feed/"


def rss(items: str, attributes: str = "") -> bytes:
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {attributes}><channel><title>Nieuws</title>'
    return f"{head}{items}</channel></rss>".encode()


def test_item_of_rss() -> None:
    """An ordinary item gives address, clean title and teaser, and the moment it was published with its zone."""
    (item,) = read_feed(
        rss(
            "<item><title>Huurders &amp;amp; &lt;b&gt;zeggenschap&lt;/b&gt;</title><link>/nieuws/zeggenschap/</link>"
            "<description>&lt;p&gt;Meer invloed voor &lt;em&gt;huurders&lt;/em&gt;.&lt;/p&gt;"
            "&lt;script&gt;x()&lt;/script&gt;</description>"
            "<pubDate>Tue, 17 Nov 2026 09:30:00 +0100</pubDate></item>"
        ),
        ADDRESS,
    )
    assert item.address == "https://bond.example/nieuws/zeggenschap/"
    assert item.title == "Huurders & zeggenschap"
    assert item.intro == "Meer invloed voor huurders."
    assert item.published is not None
    assert (item.published.origin, item.published.moment) == (Origin.FEED, datetime(2026, 11, 17, 8, 30, tzinfo=UTC))


def test_update_time_stands_in_for_a_missing_publication_time() -> None:
    """An Atom entry with only `updated` is dated by it, and keeps it as the time of change."""
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><title>Een</title><id>tag:1</id>
    <link rel="alternate" href="https://bond.example/een"/><updated>2026-11-02T08:00:00Z</updated></entry></feed>"""
    (item,) = read_feed(body, ADDRESS)
    assert item.published is not None
    assert (item.published.day, item.published.precision) == (date(2026, 11, 2), Precision.TIME)
    assert item.modified == "2026-11-02T08:00:00+00:00"


def test_link_falls_back_to_guid_and_to_atom_link() -> None:
    """Without a link the guid that is an address serves, or an atom:link; without any the item is left out."""
    items = read_feed(
        rss(
            "<item><title>A</title><guid>https://bond.example/a</guid></item>"
            '<item><title>B</title><atom:link href="https://bond.example/b"/></item>'
            "<item><title>C</title><guid isPermaLink='false'>17</guid></item>",
            'xmlns:atom="http://www.w3.org/2005/Atom"',
        ),
        ADDRESS,
    )
    assert [item.address for item in items] == ["https://bond.example/a", "https://bond.example/b"]


def test_full_text_is_kept_apart_from_the_teaser() -> None:
    """`content:encoded` becomes the text, paragraph by paragraph."""
    (item,) = read_feed(
        rss(
            "<item><title>A</title><link>https://bond.example/a</link><description>Kort.</description>"
            "<content:encoded><![CDATA[<p>Eerste alinea.</p><p>Tweede alinea.</p>]]></content:encoded></item>",
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
        ),
        ADDRESS,
    )
    assert item.text == "Eerste alinea.\n\nTweede alinea."
    assert item.intro == "Kort."


def test_dutch_dates_in_feeds_are_read() -> None:
    """A feed that writes its dates for people is dated all the same."""
    (item,) = read_feed(
        rss("<item><title>A</title><link>https://bond.example/a</link><pubDate>17 november 2026</pubDate></item>"),
        ADDRESS,
    )
    assert item.published is not None
    assert item.published.day == date(2026, 11, 17)


def test_empty_feed_is_a_feed() -> None:
    """A valid feed without items gives none and raises nothing."""
    assert read_feed(rss(""), ADDRESS) == ()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<!DOCTYPE html><html><head><title>Nieuws</title></head><body>Welkom</body></html>", "HTML"),
        (b'{"items": []}', "JSON"),
        (b"", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"Not found", "neither"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, told: str) -> None:
    """Whatever else comes back in a 200 is refused, and the message says what it was."""
    with pytest.raises(NotAFeed, match=told):
        read_feed(body, ADDRESS)


def test_wrong_charset_in_a_feed_is_survived() -> None:
    """Latin-1 bytes without a declared charset still give readable letters."""
    item = "<item><title>Wooncoöperaties</title><link>https://bond.example/a</link></item>"
    body = f"<rss version='2.0'><channel>{item}</channel></rss>"
    (item,) = read_feed(body.encode("latin-1"), ADDRESS)
    assert item.title == "Wooncoöperaties"


def test_local_files_are_never_read() -> None:
    """An external entity in a feed brings no file of this machine into an item."""
    body = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname">]>
    <rss version="2.0"><channel><item><title>Naam: &f;</title><link>https://bond.example/a</link></item></channel></rss>"""
    items = read_feed(body, ADDRESS)
    assert all(item.title in ("Naam:", "Naam: &f;") for item in items)
