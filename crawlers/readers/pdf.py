"""PDF publications: title and text of the first pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from crawlers.publication import Article
from crawlers.readers.contacts import without_contacts
from crawlers.readers.page import clean

PAGES = 30
LONGEST_TEXT = 400_000
LONGEST_TITLE = 250
SAME_SIZE = 0.97
OPEN_LINE = 0.5
LEAST_LETTERS = 4
MOST_LETTERS = 6_000
# PDFium gives a hyphen at the end of a line as U+0002 or U+FFFE; "huur- en" keeps its own.
_HYPHEN = re.compile(r"(?<=[^\W\d_])(?:[\x02\ufffe]\s*|[-\u00ad\u2010]\s*\r?\n\s*)(?=[a-zà-ÿ])(?!(?:en|of|and|or)\b)")
# A hyphen that belongs to the word: before a capital or a digit, behind a digit, or behind a single letter ("e-mail").
_HYPHEN_KEPT = re.compile(
    r"(?<=[^\W_])[-\u2010]\s*\r?\n\s*(?=[A-Z0-9\u00c0-\u00de])"
    r"|(?:(?<=\d)|(?<=\b[^\W\d_]))[-\u2010]\s*\r?\n\s*(?=[a-zà-ÿ])(?!(?:en|of|and|or)\b)"
)
_HYPHEN_LEFT = re.compile(r"[\x02\ufffe]\s*")
_WORD = re.compile(r"[^\W\d_]{3,}")
_JOINED_LINE = re.compile(r"(?<![.!?:;])\r?\n(?=[a-zà-ÿ(])")
_NO_TITLE = re.compile(
    r"^(?:about:.*|https?:.*|microsoft (?:word|powerpoint)\b.*"
    r"|.*\.(?:docx?|pdf|indd|pptx?|qxd)|untitled.*|naamloos.*|document\d*"
    r"|titel|title"
    r"|(?:powerpoint|word)[- ]?(?:presentatie|presentation)|[\W\d_]*)$",
    re.I,
)


class NotAPdf(ValueError):
    """The body cannot be read as a PDF; the message says why."""


def read_pdf(body: bytes, address: str) -> Article:
    """Read the title and the text of the first thirty pages of a PDF; raises only `NotAPdf`."""
    if b"%PDF" not in body[:1024]:
        raise NotAPdf(f"{address} is no PDF: it does not start with %PDF")
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        raise NotAPdf(f"{address} cannot be opened as a PDF: {error}") from error
    try:
        pages = [_page_text(document, number) for number in range(min(len(document), PAGES))]
        title = _declared_title(document, pages[0] if pages else "") or _largest_letters(document)
    except (pypdfium2.PdfiumError, ValueError, OverflowError) as error:
        raise NotAPdf(f"{address} cannot be read as a PDF: {error}") from error
    finally:
        document.close()
    text = without_contacts("\n\n".join(page for page in pages if page))[:LONGEST_TEXT]
    return Article(title=title, text=text, intro=_intro(text, title))


def mended(text: str) -> str:
    """Lines of a page joined into paragraphs, words cut at the end of a line made whole."""
    whole = _HYPHEN_LEFT.sub("- ", _HYPHEN.sub("", _HYPHEN_KEPT.sub("-", text)))
    lines = (clean(line) for line in _JOINED_LINE.sub(" ", whole).splitlines())
    return "\n\n".join(line for line in lines if line)


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return ""
    textpage = page.get_textpage()
    text: str = textpage.get_text_bounded(errors="replace")
    textpage.close()
    page.close()
    return mended(text)


def _declared_title(document: pypdfium2.PdfDocument, first: str) -> str:
    """The title in the properties, when at least half of its words stand on the first page too."""
    title = clean(document.get_metadata_value("Title") or "")
    if _NO_TITLE.match(title) or len(title) > LONGEST_TITLE:
        return ""
    words, seen = _WORD.findall(title.casefold()), set(_WORD.findall(first.casefold()))
    return title if not seen or sum(word in seen for word in words) * 2 >= len(words) else ""


def _largest_letters(document: pypdfium2.PdfDocument) -> str:
    """The first piece of text in the largest letters of the first page; "" when the page has no text."""
    if not len(document):
        return ""
    page = document[0]
    textpage = page.get_textpage()
    pieces = [*_pieces(textpage)]
    textpage.close()
    page.close()
    whole = [piece for piece in pieces if sum(map(str.isalpha, piece.text)) >= LEAST_LETTERS]
    largest = max((piece.size for piece in whole), default=0.0)
    found = next((piece.text for piece in whole if piece.size >= largest * SAME_SIZE), "")
    return clean(_HYPHEN.sub("", _HYPHEN_KEPT.sub("-", found)))[:LONGEST_TITLE]


@dataclass(frozen=True)
class _Piece:
    """Text in letters of one size that stands together."""

    size: float
    text: str


def _pieces(textpage: pypdfium2.PdfTextPage) -> Iterator[_Piece]:
    """Cut the text of a page where the size of its letters changes, or where a line is left open."""
    marks: list[str] = []
    size = low = 0.0
    for index in range(min(textpage.count_chars(), MOST_LETTERS)):
        mark = chr(raw.FPDFText_GetUnicode(textpage, index) or 32)
        if mark.isalnum():
            _, bottom, _, top = textpage.get_charbox(index, loose=True)
            height = float(top - bottom)
            apart = low - float(top) > height * OPEN_LINE
            if marks and (apart or not size * SAME_SIZE <= height <= size / SAME_SIZE):
                yield _Piece(size, "".join(marks))
                marks = []
            size, low = height, float(bottom)
        marks.append(mark)
    yield _Piece(size, "".join(marks))


def _intro(text: str, title: str) -> str:
    """The first paragraph of twelve words or more that is not the title."""
    return next((part for part in text.split("\n\n") if len(part.split()) >= 12 and part != title), "")
