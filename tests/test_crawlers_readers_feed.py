"""Feeds, well made and sloppy."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawlers.publication import Listed, Origin, Precision
from crawlers.readers.dates import AMSTERDAM
from crawlers.readers.feed import NotAFeed, parse_sloppy, read_feed
from crawlers.readers.feed_entry import FeedItem, plain_text
from crawlers.readers.feed_xml import parse_sound

ADDRESS = "https://bond.example/feed/"


def items_of(body: bytes, content_type: str = "") -> tuple[Listed, ...]:
    return read_feed(body, ADDRESS, content_type).items


def rss(items: str, attributes: str = "") -> bytes:
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {attributes}><channel><title>Nieuws</title>'
    return f"{head}{items}</channel></rss>".encode()


def test_item_of_rss() -> None:
    """An ordinary item gives address, clean title and teaser, and the moment it was published with its zone."""
    (item,) = items_of(
        rss(
            "<item><title>Huurders &amp;amp; &lt;b&gt;zeggenschap&lt;/b&gt;</title><link>/nieuws/zeggenschap/</link>"
            "<description>&lt;p&gt;Meer invloed voor &lt;em&gt;huurders&lt;/em&gt;.&lt;/p&gt;"
            "&lt;script&gt;x()&lt;/script&gt;</description>"
            "<pubDate>Tue, 17 Nov 2026 09:30:00 +0100</pubDate></item>"
        )
    )
    assert item.address == "https://bond.example/nieuws/zeggenschap/"
    assert item.title == "Huurders & zeggenschap"
    assert item.intro == "Meer invloed voor huurders."
    assert item.published is not None
    assert (item.published.origin, item.published.moment) == (Origin.FEED, datetime(2026, 11, 17, 8, 30, tzinfo=UTC))


ONE = "<item><title>Een &amp;amp; al</title><link>https://bond.example/een</link><description>&lt;p&gt;Kort.&lt;/p&gt;</description></item>"
TWO = "<item><title>Twee</title><link>https://bond.example/twee</link><description>Ook kort.</description></item>"


@pytest.mark.parametrize("end", ["</rss>", "</channel></rss>", "</item></channel></rss>"])
def test_a_feed_that_breaks_off_is_read_as_far_as_it_goes(end: str) -> None:
    """What stands before the end says the same as in the whole feed, and is read the quick way."""
    broken = rss(ONE + TWO).removesuffix(end.encode())
    assert parse_sound(broken) is not None
    assert items_of(broken) == items_of(rss(ONE + TWO))


def test_an_address_that_breaks_off_is_none() -> None:
    """Half an address is another address; the item before it stays."""
    broken, _ = rss(ONE + TWO).split(b"/twee", 1)
    assert parse_sound(broken) is None
    assert [item.address for item in items_of(broken)] == ["https://bond.example/een", ""]


def test_update_time_stands_in_for_a_missing_publication_time() -> None:
    """An Atom entry with only `updated` is dated by it, and keeps it as the time of change."""
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><title>Een</title><id>tag:1</id>
    <link rel="alternate" href="https://bond.example/een"/><updated>2026-11-02T08:00:00Z</updated></entry></feed>"""
    (item,) = items_of(body)
    assert item.published is not None
    assert (item.published.day, item.published.precision) == (date(2026, 11, 2), Precision.TIME)
    assert item.modified == "2026-11-02T08:00:00+00:00"


def test_link_falls_back_to_guid_and_to_atom_link() -> None:
    """Without a link the guid that is an address serves, or an atom:link; without any the item has no address."""
    items = items_of(
        rss(
            "<item><title>A</title><guid>https://bond.example/a</guid></item>"
            '<item><title>B</title><atom:link href="https://bond.example/b"/></item>'
            "<item><title>C</title><guid isPermaLink='false'>17</guid></item>",
            'xmlns:atom="http://www.w3.org/2005/Atom"',
        )
    )
    assert [item.address for item in items] == ["https://bond.example/a", "https://bond.example/b", ""]


def test_titles_that_were_encoded_twice_are_mended() -> None:
    """A feed whose letters went through UTF-8 twice gives its titles as they were meant."""
    (item,) = items_of(
        rss("<item><title>De wooncoÃ¶peratie, â€˜een idee\u00e2\u20ac\u2122</title><link>/a</link></item>")
    )
    assert item.title == "De wooncoöperatie, ‘een idee’"


def test_full_text_is_kept_apart_from_the_teaser() -> None:
    """`content:encoded` becomes the text, paragraph by paragraph."""
    (item,) = items_of(
        rss(
            "<item><title>A</title><link>https://bond.example/a</link><description>Kort.</description>"
            "<content:encoded><![CDATA[<p>Eerste alinea.</p><p>Tweede alinea.</p>]]></content:encoded></item>",
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
        )
    )
    assert item.text == "Eerste alinea.\n\nTweede alinea."
    assert item.intro == "Kort."


def test_dutch_dates_in_feeds_are_read() -> None:
    """A feed that writes its dates for people is dated all the same."""
    (item,) = items_of(
        rss("<item><title>A</title><link>https://bond.example/a</link><pubDate>17 november 2026</pubDate></item>"),
    )
    assert item.published is not None
    assert item.published.day == date(2026, 11, 17)


def test_empty_feed_is_a_feed() -> None:
    """A valid feed without items gives none and raises nothing."""
    assert items_of(rss("")) == ()


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
    (item,) = items_of(body.encode("latin-1"))
    assert item.title == "Wooncoöperaties"


def test_local_files_are_never_read() -> None:
    """An external entity in a feed brings no file of this machine into an item."""
    body = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname">]>
    <rss version="2.0"><channel><item><title>Naam: &f;</title><link>https://bond.example/a</link></item></channel></rss>"""
    items = items_of(body)
    assert all(item.title in ("Naam:", "Naam: &f;") for item in items)


def test_update_time_and_dates_of_rdf() -> None:
    """RSS 1.0 (RDF) keeps its items beside the channel; `dc:date`, `dc:creator` and `dc:subject` are read."""
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://bond.example/"><title>Nieuws</title>
    <link>https://bond.example/</link></channel><item rdf:about="https://bond.example/een"><title>Een</title>
    <link>https://bond.example/een</link><dc:date>2026-11-02T08:00:00+01:00</dc:date><dc:creator>Noor Smit</dc:creator>
    <dc:subject>Zeggenschap</dc:subject></item></rdf:RDF>"""
    feed = read_feed(body, ADDRESS)
    (item,) = feed.items
    assert (feed.title, feed.link) == ("Nieuws", "https://bond.example/")
    assert (item.identity, item.authors, item.label) == ("https://bond.example/een", ("Noor Smit",), "Zeggenschap")
    assert item.published is not None
    assert item.published.moment == datetime(2026, 11, 2, 7, tzinfo=UTC)


def test_json_feed_is_read() -> None:
    """A JSON Feed gives the same things as one in XML, plain text as paragraphs."""
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Nieuws",
        "home_page_url": "https://bond.example/",
        "items": [
            {
                "id": "7",
                "url": "/zeven",
                "title": "Vijf < zeven",
                "content_text": "Eerste alinea.\n\nTweede alinea.",
                "summary": "Kort.",
                "date_published": "2026-11-02T08:00:00Z",
                "authors": [{"name": "Noor Smit"}],
                "tags": ["Zelfbeheer"],
                "attachments": [{"url": "/zeven.pdf", "mime_type": "application/pdf"}],
            },
            {"id": 8, "title": None, "authors": "wie", "tags": 5, "attachments": [3]},
        ],
    }
    seven, eight = items_of(json.dumps(body).encode())
    assert (seven.address, seven.identity, seven.title) == ("https://bond.example/zeven", "7", "Vijf < zeven")
    assert (seven.text, seven.intro) == ("Eerste alinea.\n\nTweede alinea.", "Kort.")
    assert (seven.authors, seven.label, seven.documents) == (
        ("Noor Smit",),
        "Zelfbeheer",
        ("https://bond.example/zeven.pdf",),
    )
    assert (eight.address, eight.title) == ("", "")


def test_gzipped_feed_is_unpacked_and_a_bomb_is_not() -> None:
    """A feed saved as .gz is read; one that unpacks to more than ten megabytes, or ends too early, is refused."""
    body = rss("<item><title>A</title><link>https://bond.example/a</link></item>")
    assert [item.title for item in items_of(gzip.compress(body))] == ["A"]
    with pytest.raises(NotAFeed, match="larger than"):
        read_feed(gzip.compress(b"<rss>" + b" " * 11 * 1024 * 1024), ADDRESS)
    with pytest.raises(NotAFeed, match="too early"):
        read_feed(gzip.compress(body)[:-12], ADDRESS)


@pytest.mark.parametrize("declared", ["iso-8859-1", "us-ascii", "utf-16", "windows-1252", "onzin"])
def test_letters_that_are_utf_8_are_read_so_whatever_is_declared(declared: str) -> None:
    """A feed that is UTF-8 and calls itself something else keeps its letters, also when the server joins in the lie."""
    body = (
        f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><item><title>Wooncoöperatie €5</title>'
        "<link>https://bond.example/a</link></item></channel></rss>"
    ).encode()
    for content_type in ("", f"text/xml; charset={declared}"):
        assert [item.title for item in items_of(body, content_type)] == ["Wooncoöperatie €5"]


def test_atom_text_is_read_by_its_type() -> None:
    """Plain text keeps its angle brackets, HTML and XHTML lose their markup, and xml:base completes the links."""
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://bond.example/nieuws/"><title>N</title>
    <entry><title>Huur &lt; 500</title><link href="een"/><id>1</id>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eerste <b>alinea</b>.</p><p>Tweede.</p></div>
    </content></entry>
    <entry><title type="html">&lt;b&gt;Twee&lt;/b&gt;</title><link rel="enclosure" type="application/pdf"
    href="twee.pdf"/><link rel="alternate" href="twee"/><id>2</id></entry></feed>"""
    one, two = items_of(body)
    assert (one.title, one.address) == ("Huur < 500", "https://bond.example/nieuws/een")
    assert one.text == "Eerste alinea.\n\nTweede."
    assert (two.title, two.address) == ("Twee", "https://bond.example/nieuws/twee")
    assert two.documents == ("https://bond.example/nieuws/twee.pdf",)


words = st.text(alphabet="abdeghoëéü&<>'\" 0123456789.,:-", max_size=30)
moments = st.builds(datetime.fromtimestamp, st.integers(631_152_000, 1_893_456_000), st.sampled_from([UTC, AMSTERDAM]))
stories = st.fixed_dictionaries(
    {
        "title": words,
        "description": words.map(lambda text: f"<p>{escape(text)}</p>"),
        "content": st.lists(words, max_size=3).map(lambda parts: "".join(f"<p>{escape(part)}</p>" for part in parts)),
        "moment": moments,
        "number": st.integers(0, 10**6),
        "creator": st.sampled_from(["", "Noor Smit", "Jan de Wit"]),
        "category": st.sampled_from(["", "Nieuws", "Zeggenschap & invloed"]),
    }
)


def as_rss(story: dict[str, Any]) -> str:
    number = story["number"]
    return (
        f"<item><title>{escape(escape(story['title']))}</title><link>https://bond.example/{number}?a=1&amp;b=2</link>"
        f"<guid isPermaLink='false'>{number}</guid><description>{escape(story['description'])}</description>"
        f"<content:encoded><![CDATA[{story['content']}]]></content:encoded>"
        f"<pubDate>{format_datetime(story['moment'])}</pubDate>"
        + (f"<dc:creator>{story['creator']}</dc:creator>" if story["creator"] else "")
        + (f"<category>{escape(story['category'])}</category>" if story["category"] else "")
        + "<enclosure url='https://bond.example/stuk.pdf' type='application/pdf' length='1'/></item>"
    )


def as_atom(story: dict[str, Any]) -> str:
    number = story["number"]
    return (
        f"<entry><title type='html'>{escape(escape(story['title']))}</title><id>tag:bond.example,{number}</id>"
        f"<link rel='alternate' href='https://bond.example/{number}'/>"
        f"<summary type='html'>{escape(story['description'])}</summary>"
        f"<content type='html'>{escape(story['content'])}</content>"
        f"<published>{story['moment'].isoformat()}</published><updated>{story['moment'].isoformat()}</updated>"
        + (f"<author><name>{story['creator']}</name></author>" if story["creator"] else "")
        + (f"<category term={quoteattr(story['category'])}/>" if story["category"] else "")
        + "</entry>"
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(stories, max_size=4), st.booleans(), st.sampled_from(["utf-8", "iso-8859-1"]))
def test_the_quick_way_reads_a_sound_feed_as_the_lenient_way_does(
    told: list[dict[str, Any]], atom: bool, charset: str
) -> None:
    """Every field of every item is the same as by feedparser, so speed costs nothing."""
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    inner = "".join(as_atom(story) if atom else as_rss(story) for story in told)
    whole = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Nieuws</title><link href="https://bond.example/"/>{inner}</feed>'
        if atom
        else f'<rss version="2.0" {spaces}><channel><title>Nieuws</title><link>https://bond.example/</link>{inner}'
        "</channel></rss>"
    )
    body = f'<?xml version="1.0" encoding="{charset}"?>{whole}'.encode(charset)
    quick = parse_sound(body)
    assert quick is not None
    lenient = parse_sloppy(body, ADDRESS)
    assert quick[:2] == lenient[:2]
    assert wholes(quick[2]) == wholes(lenient[2])


def wholes(entries):
    """All that entries say, in which what is told of each by itself must be the same."""
    items = [FeedItem(entry, ADDRESS) for entry in entries]
    told = [item.whole() for item in items]
    assert [(one.address, one.published, one.modified) for one in told] == [
        (item.address, item.published, item.modified) for item in items
    ]
    return told


BARE = "<rss><channel><title>Bond</title><item><title>{0}</title><link>https://bond.example/a{1}</link></item></channel></rss>"


@pytest.mark.parametrize(
    "title", ["Wonen & zorg", "R&D & meer; veel meer", "Huur &amp; service & zorg", "&", "&#38; & &#x26;"]
)
@pytest.mark.parametrize("query", ["", "?a=1&b=2", "?a=1&amp;copy=2"])
def test_an_ampersand_that_was_not_escaped_is_just_that(title: str, query: str) -> None:
    """A feed with that fault alone is read without the lenient parser, and says what its publisher meant."""
    whole = re.sub("&(?!amp;|#)", "&amp;", BARE.format(title, query)).encode()
    quick = parse_sound(BARE.format(title, query).encode())
    assert quick is not None
    assert wholes(quick[2]) == list(items_of(whole))


@pytest.mark.parametrize("body", [BARE.format("<![CDATA[R&nbsp;D]]> & ", ""), BARE.format("caf&eacute; & bar", "")])
def test_other_faults_are_left_to_the_lenient_parser(body: str) -> None:
    """In CDATA an ampersand is no fault, and a name that XML does not know needs a parser that does."""
    assert parse_sound(body.encode()) is None
    assert len(items_of(body.encode())) == 1


PIECES = [
    "Huurders ",
    "beslissen",
    " mee",
    "café",
    "\n\t",
    "\xa0",
    "\x07",
    "<",
    ">",
    "&",
    "&amp;",
    "&nbsp;",
    "&lt;",
    "&eacute;",
]
PIECES += [
    "&amp",
    "&#39;",
    "<p>",
    "</p>",
    '<p class="a">',
    "<b>",
    "</b>",
    "<br/>",
    "<br />",
    "<BR>",
    "</div>",
    "<li>",
    "</ul>",
]
PIECES += [
    '<a href="/x" title="y">',
    "</a>",
    "<script>",
    "</script>",
    "<td>",
    "<!-- x -->",
    "<p",
    "<b class='q'>",
    "<em/>",
    "<ul>",
    "</li>",
    "<div>",
    "<h2>",
    "</h2>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("café</ul>beslissen")
@example("<p>mee<p>en</p>meer</p>beslissen")
@settings(max_examples=300, deadline=None)
def test_everyday_markup_reads_as_the_parser_reads_it(markup: str) -> None:
    """Markup that is read without a parser gives the words that the parser gives."""
    assert plain_text(f"<p></p>{markup}") == plain_text(f"<svg></svg><p></p>{markup}")


@pytest.mark.parametrize(
    ("guids", "addresses"),
    [
        (["https://bond.example/a", "https://bond.example/b", "https://bond.example/c"], ["/a", "/b", "/c"]),
        (["https://bond.example/a"] * 3, ["/"] * 3),
        (["een", "twee", "drie"], ["/"] * 3),
        (["https://bond.example/a", "https://bond.example/b"], ["/"] * 2),
    ],
    ids=["permalinks", "one item three times", "names", "only two"],
)
def test_items_that_all_link_to_one_page_go_by_their_permalinks(guids: list[str], addresses: list[str]) -> None:
    """A feed whose items link to the front page has the page of each in its guid, and none of them is lost."""
    rows = [
        f"<item><title>Bericht</title><link>https://bond.example/</link><guid>{guid}</guid></item>" for guid in guids
    ]
    assert [item.address for item in items_of(rss("".join(rows)))] == [
        f"https://bond.example{one}" for one in addresses
    ]


def test_contact_data_of_people_is_left_out() -> None:
    """A telephone number or a mail address in a teaser or a text is not kept."""
    (item,) = items_of(
        rss(
            "<item><title>A</title><link>https://bond.example/a</link><description>Bel 06-12345678.</description>"
            "<content:encoded><![CDATA[<p>Mail noor@bond.example of bel 053 123 45 67.</p>]]></content:encoded></item>",
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
        )
    )
    assert not any(mark.isdigit() or mark == "@" for mark in item.intro + item.text)


def linked(*links: str) -> bytes:
    return rss("".join(f"<item><title>Bericht {n}</title><link>{link}</link></item>" for n, link in enumerate(links)))


def test_entries_that_link_to_parts_of_one_page_are_items_of_their_own() -> None:
    """Two entries apart only by the place on a page keep it; comments, and a place that one entry names, do not."""
    links = ("/wijzigingen#een", "/wijzigingen#twee", "/nieuws/1#main", "/stuk#comment-1", "/stuk#comment-2")
    assert [item.address for item in items_of(linked(*links))] == [
        "https://bond.example/wijzigingen#een",
        "https://bond.example/wijzigingen#twee",
        "https://bond.example/nieuws/1",
        "https://bond.example/stuk",
        "https://bond.example/stuk",
    ]
