"""Answers of a search by SRU, shaped like those for official publications; the publications are made up."""

from __future__ import annotations

from datetime import date

import pytest

from crawlers.readers.sru import NotSru, read_sru

ADDRESS = "https://zoek.example/sru?operation=searchRetrieve&query=huurders&startRecord=1&maximumRecords=2"
RECORD = """<sru:record><sru:recordData><gzd:gzd xmlns:gzd="urn:gzd" xmlns:dcterms="http://purl.org/dc/terms/"
xmlns:overheid="urn:overheid"><gzd:originalData><meta><owmskern><dcterms:identifier>kst-29453-99</dcterms:identifier>
<dcterms:title>Woningcorporaties; brief over zeggenschap</dcterms:title><dcterms:type>Kamerstuk</dcterms:type>
<dcterms:creator>Tweede Kamer</dcterms:creator><dcterms:modified>2026-11-18</dcterms:modified></owmskern><owmsmantel>
<dcterms:available>2026-11-17</dcterms:available></owmsmantel></meta></gzd:originalData><gzd:enrichedData>
<gzd:itemUrl manifestation="pdf">https://zoek.example/kst-29453-99.pdf</gzd:itemUrl>
<gzd:preferredUrl>https://zoek.example/kst-29453-99.html</gzd:preferredUrl></gzd:enrichedData></gzd:gzd>
</sru:recordData></sru:record>"""


def response(inner: str, space: str = "http://docs.oasis-open.org/ns/search-ws/sruResponse") -> bytes:
    outermost = "sru:searchRetrieveResponse"
    return f'<?xml version="1.0"?><{outermost} xmlns:sru="{space}">{inner}</{outermost}>'.encode()


@pytest.mark.parametrize(
    "space", ["http://docs.oasis-open.org/ns/search-ws/sruResponse", "http://www.loc.gov/zing/srw/"], ids=["2.0", "1.2"]
)
def test_record_gives_address_title_and_date(space: str) -> None:
    """A record of either version gives its page, title, kind, sender, day of publication and PDF."""
    body = response(f"<sru:numberOfRecords>1</sru:numberOfRecords><sru:records>{RECORD}</sru:records>", space)
    found = read_sru(body, ADDRESS)
    (item,) = found.items
    assert (item.address, item.identity) == ("https://zoek.example/kst-29453-99.html", "kst-29453-99")
    assert (item.title, item.label) == ("Woningcorporaties; brief over zeggenschap", "Kamerstuk")
    assert (item.authors, item.documents) == (("Tweede Kamer",), ("https://zoek.example/kst-29453-99.pdf",))
    assert item.published is not None
    assert (item.published.day, item.modified) == (date(2026, 11, 17), "2026-11-18")
    assert (found.total, found.next_page) == (1, "")


def test_next_records_are_asked_by_their_number() -> None:
    """The next page is the same question from a further record on."""
    body = response(f"<sru:records>{RECORD}</sru:records><sru:nextRecordPosition>3</sru:nextRecordPosition>")
    assert read_sru(body, ADDRESS).next_page.endswith("query=huurders&maximumRecords=2&startRecord=3")


def test_nothing_found_is_no_mistake() -> None:
    """A search without results gives no items and raises nothing."""
    assert read_sru(response("<sru:numberOfRecords>0</sru:numberOfRecords>"), ADDRESS).items == ()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (response("<d:diagnostic xmlns:d='urn:d'><d:message>Fout in CQL</d:message></d:diagnostic>"), "Fout in CQL"),
        (b"<html><body>Storing</body></html>", "outermost element is <html>"),
        (b"geen xml", "no SRU"),
        (b"", "no SRU"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_named(body: bytes, told: str) -> None:
    """A mistake in the question is told in the words of the server; a page or rubbish by what it is."""
    with pytest.raises(NotSru, match=told):
        read_sru(body, ADDRESS)
