"""HTML pages: from bytes to a tree, and from a tree to clean text."""

from __future__ import annotations

import re

import lxml.html
from charset_normalizer import from_bytes
from lxml import etree
from w3lib.encoding import html_to_unicode

from crawlers.address import absolute

BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "br", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option",
    "p", "pre", "section", "select", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
])  # fmt: skip
UNSEEN = frozenset([
    "script", "style", "noscript", "template", "svg", "iframe", "object", "head", "math", "canvas", "audio", "video",
])  # fmt: skip
MOST_TAGS = 60_000
MANY = 3
_INVISIBLE = re.compile("[\u200b\u200c\u200d\ufeff\u00ad]")
# What the second and later bytes of a character in UTF-8 look like when they are read as Windows-1252.
_TAIL = "\u0080-\u00bf" + bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
_TWICE_ENCODED = re.compile(f"[\u00c2-\u00df][{_TAIL}]|[\u00e0-\u00ef][{_TAIL}]{{2}}|[\u00f0-\u00f4][{_TAIL}]{{3}}")
# The marks of Dutch text whose second encoding is unmistakable, also where it shows but once.
_EVERYDAY = "áàäâéèëêíïîóòöôúùüûñçÁÄÉÈËÍÏÓÖÜÇ‘’“”„–—…•€°·½²\u00a0«»©®"


def decode(body: bytes, content_type: str = "") -> str:
    """Turn the bytes of a page into text: UTF-8 that is valid wins, then the declared charset, then detection."""
    body = body.replace(b"\x00", b"") if not body.startswith((b"\xff\xfe", b"\xfe\xff")) else body
    try:
        text = body.decode("utf-8-sig")
        if b"\x1b$" not in body:
            return mended(text)
    except UnicodeDecodeError:
        pass
    return html_to_unicode(content_type or None, body, auto_detect_fun=_detect, default_encoding="cp1252")[1]


def source_of(body: bytes, content_type: str = "") -> str:
    """The source text of a page; of a sea of tags only the first `MOST_TAGS`.

    More would take memory and minutes: of 347 saved pages the largest has 42,000, and the next 12,000.
    """
    return "<".join(decode(body, content_type).split("<", MOST_TAGS)[:MOST_TAGS])


def parse(body: bytes, content_type: str = "") -> lxml.html.HtmlElement:
    """Parse the bytes of a page; whatever they are, a tree comes out (an empty one if need be)."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(source_of(body, content_type).encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return lxml.html.document_fromstring("<html><body></body></html>")


def base_of(page: lxml.html.HtmlElement, address: str) -> str:
    """The address that links of a page are resolved against."""
    for base in page.iter("base"):
        return absolute(address, base.get("href") or "") or address
    return address


def text_of(element: lxml.html.HtmlElement) -> str:
    """The visible text of an element on one line."""
    pieces: list[str] = []
    _collect(element, pieces)
    return clean("".join(pieces))


def clean(text: str) -> str:
    """One line: runs of blanks become a space, invisible marks go."""
    return " ".join((text if text.isascii() else _INVISIBLE.sub(" ", text)).split())


def _collect(element: lxml.html.HtmlElement, pieces: list[str]) -> None:
    """Gather text in document order, without recursion: pages can be nested thousands deep."""
    stack: list[tuple[lxml.html.HtmlElement, bool]] = [(element, False)]
    while stack:
        node, leaving = stack.pop()
        block = node.tag in BLOCKS
        if leaving:
            if block:
                pieces.append(" ")
            if node is not element and node.tail:
                pieces.append(node.tail)
            continue
        if not isinstance(node.tag, str) or node.tag in UNSEEN:
            if node is not element and node.tail:
                pieces.append(node.tail)
            continue
        if block:
            pieces.append(" ")
        if node.text:
            pieces.append(node.text)
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))


def _detect(body: bytes) -> str | None:
    best = from_bytes(body[:20_000]).best()
    return best.encoding if best else None


def mended(text: str) -> str:
    """Undo text that was encoded as UTF-8 twice: an everyday mark wherever it shows, others when many of them show."""
    if text.isascii():
        return text
    many = len(_TWICE_ENCODED.findall(text)) >= MANY
    return _TWICE_ENCODED.sub(lambda found: _once(found[0], sure=many), text)


def _once(run: str, *, sure: bool) -> str:
    """A run of characters as it was before its second encoding; the same run when it was not encoded twice."""
    try:
        mark = b"".join(_byte(part) for part in run).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return run
    return mark if sure or mark in _EVERYDAY else run


def _byte(mark: str) -> bytes:
    """A character as a byte of Windows-1252, in which browsers keep the five bytes that have no meaning."""
    return mark.encode("latin-1") if mark < "\u00a0" else mark.encode("cp1252")
