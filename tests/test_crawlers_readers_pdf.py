"""PDF publications, drawn here by hand."""

from __future__ import annotations

import pytest

from crawlers.readers.pdf import NotAPdf, mended, read_pdf

ADDRESS = "https://platform31.example/media/document/handreiking"


def pdf_of(lines: list[tuple[int, str]], title: str = "") -> bytes:
    """A one-page PDF with each (size, text) on a line of its own."""
    drawn, top = [], 780
    for size, text in lines:
        drawn.append(f"BT /F1 {size} Tf 60 {top} Td ({text}) Tj ET")
        top -= size + 8
    stream = "\n".join(drawn).encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
        b" /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title (%s) >>" % title.encode("latin-1"),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size 7 /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 7\n0000000000 65535 f \n" + table + trailer


LINES = [
    (10, "Platform31"),
    (26, "Handreiking"),
    (26, "samen beslissen"),
    (11, "Deze handreiking helpt corporaties om met huur-"),
    (11, "dersorganisaties afspraken te maken over de wijk."),
    (11, "Bel 06-12345678 of mail jan@platform31.example."),
]


def test_title_from_the_largest_letters() -> None:
    """Without a title in its properties a PDF is named by what stands largest on its first page."""
    assert read_pdf(pdf_of(LINES), ADDRESS).title == "Handreiking samen beslissen"


def test_declared_title_unless_it_is_a_file_name() -> None:
    """The title in the properties wins, but not "Microsoft Word - versie3.docx"."""
    assert read_pdf(pdf_of(LINES, "Samen beslissen over de wijk"), ADDRESS).title == "Samen beslissen over de wijk"
    assert read_pdf(pdf_of(LINES, "Microsoft Word - versie3.docx"), ADDRESS).title == "Handreiking samen beslissen"


@pytest.mark.parametrize(
    ("lines", "declared", "expected"),
    [
        ([(60, "26"), (26, "Wat werkt in de wijk?"), (11, "Een monitor, met cijfers.")], "", "Wat werkt in de wijk?"),
        ([(22, "Samen beslissen"), (11, "Kort."), (22, "Inleiding"), (11, "Meer.")], "", "Samen beslissen"),
        ([(26, "Samen beslissen"), (11, "Over de wijk.")], "about:blank", "Samen beslissen"),
        ([(26, "Samen beslissen"), (11, "Over de wijk.")], "Sjabloon jaarverslag leeg", "Samen beslissen"),
    ],
    ids=["a figure on the cover", "headings as large as the title", "name of a printer", "title of another document"],
)
def test_title_among_other_large_letters(lines: list[tuple[int, str]], declared: str, expected: str) -> None:
    """Figures, headings and leftover properties do not take the place of the title."""
    assert read_pdf(pdf_of(lines, declared), ADDRESS).title == expected


def test_words_cut_at_a_line_end_are_made_whole() -> None:
    """A word broken over two lines is one word again, and contact data is left out."""
    text = read_pdf(pdf_of(LINES), ADDRESS).text
    assert "huurdersorganisaties afspraken" in text
    assert "12345678" not in text
    assert "@" not in text


def test_lines_become_paragraphs() -> None:
    """A line that goes on in lower case belongs to the one before it."""
    assert (
        mended("De huurder\nbeslist mee.\nDaarna volgt\r\neen ge-\nsprek")
        == "De huurder beslist mee.\n\nDaarna volgt een gesprek"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("de bewoners-\ncommissie", "de bewonerscommissie"),
        ("in Noord-\nHolland en Zuid-\nHolland", "in Noord-Holland en Zuid-Holland"),
        ("de WoON-\nTwente", "de WoON-Twente"),
        ("in 2025-\n2026", "in 2025-2026"),
        ("minder CO2-\nuitstoot", "minder CO2-uitstoot"),
        ("per e-\nmail", "per e-mail"),
        ("huurders- en\nbewonersraad", "huurders- en bewonersraad"),
        ("huurders-\nen bewonersraad", "huurders- en bewonersraad"),
    ],
)
def test_a_hyphen_of_the_word_itself_stays(text: str, told: str) -> None:
    """A line may end at a hyphen that is no break of a word; either way no paragraph begins there."""
    assert mended(text) == told


@pytest.mark.parametrize("body", [b"", b"<html>geen pdf</html>", b"%PDF-1.4 en dan niets"])
def test_what_is_no_pdf_is_refused(body: bytes) -> None:
    """An empty body, a web page and a broken file are named as no PDF."""
    with pytest.raises(NotAPdf):
        read_pdf(body, ADDRESS)
