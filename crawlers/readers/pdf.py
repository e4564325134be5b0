"""PDF publications: title and text of the first pages."""

from __future__ import annotations

import re
from collections import defaultdict

import pypdfium2
from pypdfium2 import raw

from crawlers.publication import Article
from crawlers.readers.article import without_contacts
from crawlers.readers.page import clean

PAGES = 30
LONGEST_TEXT = 400_000
LONGEST_TITLE = 250
SAME_SIZE = 0.97
MOST_LETTERS = 6_000
# PDFium gives a hyphen at the end of a line as U+0002 or U+FFFE; "huur- en" keeps its own.
_HYPHEN = re.compile(r"(?<=[^\W\d_])(?:[\x02\ufffe]\s*|[-\u00ad\u2010]\s*\r?\n\s*)(?=[a-zà-ÿ])(?!(?:en|of|and|or)\b)")
_HYPHEN_LEFT = re.compile(r"[\x02\ufffe]\s*")
_JOINED_LINE = re.compile(r"(?<![.!?:;])\r?\n(?=[a-zà-ÿ(])")
_NO_TITLE = re.compile(
    r"^(?:microsoft (?:word|powerpoint)\b.*|.*\.(?:docx?|pdf|indd|pptx?|qxd)|untitled.*|naamloos.*|document\d*"
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
        title = _declared_title(document) or _largest_letters(document)
    except (pypdfium2.PdfiumError, ValueError, OverflowError) as error:
        raise NotAPdf(f"{address} cannot be read as a PDF: {error}") from error
    finally:
        document.close()
    text = without_contacts("\n\n".join(page for page in pages if page))[:LONGEST_TEXT]
    return Article(title=title, text=text, intro=_intro(text, title))


def mended(text: str) -> str:
    """Lines of a page joined into paragraphs, words cut at the end of a line made whole."""
    whole = _HYPHEN_LEFT.sub("- ", _HYPHEN.sub("", text))
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


def _declared_title(document: pypdfium2.PdfDocument) -> str:
    title = clean(document.get_metadata_value("Title") or "")
    return "" if _NO_TITLE.match(title) or len(title) > LONGEST_TITLE else title


def _largest_letters(document: pypdfium2.PdfDocument) -> str:
    """What stands in the largest letters on the first page, joined; "" when the page has no text."""
    if not len(document):
        return ""
    page = document[0]
    textpage = page.get_textpage()
    sizes: dict[int, float] = {}
    marks: dict[int, str] = {}
    for index in range(min(textpage.count_chars(), MOST_LETTERS)):
        mark = chr(raw.FPDFText_GetUnicode(textpage, index) or 32)
        marks[index] = mark
        if mark.isalnum():
            sizes[index] = _height(textpage, index)
    textpage.close()
    page.close()
    return _title_of(marks, sizes)


def _height(textpage: pypdfium2.PdfTextPage, index: int) -> float:
    """How high the letters of a text are drawn; font size alone says 1 when the page is scaled."""
    _, bottom, _, top = textpage.get_charbox(index, loose=True)
    return round(float(top - bottom), 1)


def _title_of(marks: dict[int, str], sizes: dict[int, float]) -> str:
    """The text in the largest size that at least four letters have; blanks between such letters stay."""
    count: dict[float, int] = defaultdict(int)
    for size in sizes.values():
        count[size] += 1
    usable = [size for size, letters in count.items() if letters >= 4]
    if not usable:
        return ""
    least = max(usable) * SAME_SIZE
    large = [index for index, size in sizes.items() if size >= least]
    pieces: list[str] = []
    for index in range(large[0], large[-1] + 1):
        kept = index not in sizes or sizes[index] >= least
        pieces.append(marks[index] if kept else " ")
    return clean(_HYPHEN.sub("", "".join(pieces)))[:LONGEST_TITLE]


def _intro(text: str, title: str) -> str:
    """The first paragraph of twelve words or more that is not the title."""
    return next((part for part in text.split("\n\n") if len(part.split()) >= 12 and part != title), "")
