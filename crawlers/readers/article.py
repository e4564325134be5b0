"""The page of one item: its title, date, label, authors, main text and documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import takewhile

from lxml.html import HtmlElement

from crawlers.address import absolute
from crawlers.publication import Article, Dated, Origin
from crawlers.readers.card import Line, lines_of
from crawlers.readers.contacts import without_contacts
from crawlers.readers.dates import ANNOUNCED, date_in_address, date_of_line
from crawlers.readers.declared import Declared, read_declared
from crawlers.readers.headline import pick_title
from crawlers.readers.label import find_label
from crawlers.readers.links import HEADINGS, MARGIN_HEADING, WHOLE, is_document
from crawlers.readers.machine_dates import parse_declared
from crawlers.readers.page import base_of, clean, parse, source_of, text_of
from crawlers.readers.walls import walls

__all__ = ["read_article", "walls"]

LINES_BEFORE = 8
LINES_AFTER = 10
DATE_LINE = 90
LEAST_TEXT = 80
INTRO_WORDS = 6
TITLE_WITHIN = 4
LEAD_WORDS = 12
MOST_DOCUMENTS = 20
OUTSIDE = frozenset(("nav", "footer", "aside"))
_BESIDE = re.compile(
    r"(?:^|[-_\s])(?:related|gerelateerd\w*|comments?|reacties|respond|lees-?ook|read-?(?:also|more|next)|more-?news|sidebar"
    r"|breadcrumbs?|kruimelpad|cookies?)(?:$|[-_\s])",
    re.I,
)
_CHANGED = re.compile(r"updated|modified|gewijzigd|bijgewerkt", re.I)
_EVENT = re.compile(
    r"\b(?:wanneer|aanvang|datum en tijd|startdatum|inloop|when)\b"
    r"|\b\d{1,2}[:.]\d\d\s*(?:uur)?\s*(?:-|–|tot)\s*\d{1,2}[:.]\d\d",
    re.I,
)
_CAPTION = re.compile(r"(?:^|[-_\s])(?:caption|bijschrift|onderschrift|credits?)(?:$|[-_\s])", re.I)
_AUTHORS = re.compile(r"^auteur(?:s|\(s\))?\s*:?\s*(?P<names>.*)$", re.I)
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|\ben\b|&)\s*")
_INTRO_NAME = re.compile(
    r"(?:^|[-_\s])(?:intro|introtext|inleiding|lead|lede|standfirst|samenvatting|excerpt)(?:$|[-_\s])", re.I
)


def read_article(body: bytes, address: str, today: date, content_type: str = "") -> Article:
    """Read the page of one item; whatever the bytes, an article comes out (an empty one if need be).

    The date is the declared one, else the one visible near the heading, else the one in the address: never a guess, and
    never one after tomorrow. Telephone numbers and e-mail addresses are left out of the text.
    """
    page = parse(body, content_type)
    base = base_of(page, address)
    declared = read_declared(page)
    title = pick_title(page, declared, address)
    near = _near_heading(page, title)
    dates = _published(page, declared, near, address, today)
    text = without_contacts(_without_title(_main_text(page, source_of(body, content_type), address), title))
    return Article(
        title=title,
        intro=without_contacts(_intro(page, declared, text)),
        text=text,
        published=next(iter(dates), None),
        other_dates=tuple(dates[1:]),
        canonical=absolute(base, declared.canonical) if declared.canonical else "",
        label=next((label for line in near if (label := find_label(line.text))), ""),
        authors=declared.authors or _visible_authors(page),
        documents=_documents(page, base),
    )


def _main_text(page: HtmlElement, source: str, address: str) -> str:
    """The main content, paragraphs parted by an empty line; what stands in `main` when the extractor finds nothing."""
    import trafilatura  # a quarter of a second, and reading lists needs none of it

    try:
        found = trafilatura.extract(
            source, url=address, include_comments=False, include_tables=True, include_images=False, include_links=False
        )
    except Exception:  # whatever a stranger's page does to the extractor, the page still has its plain text
        found = None
    if found and len(found) >= LEAST_TEXT:
        return re.sub(r"\s*\n\s*", "\n\n", found.strip())
    whole = next((element for tag in ("article", "main", "body") for element in page.iter(tag)), page)
    paragraphs = [
        text for element in whole.iter("p", "li", "h2", "h3") if _inside(element) and (text := text_of(element))
    ]
    plain = "\n\n".join(paragraphs)
    return plain if len(plain) > len(found or "") else (found or "").strip()


def _without_title(text: str, title: str) -> str:
    """A text without its own title, and the few short lines above that, at its start."""
    paragraphs = text.split("\n\n")
    for number, paragraph in enumerate(paragraphs[:TITLE_WITHIN]):
        if paragraph == title:
            return "\n\n".join(paragraphs[number + 1 :])
        if len(paragraph.split()) >= INTRO_WORDS:
            break
    return text


def _published(page: HtmlElement, declared: Declared, near: list[Line], address: str, today: date) -> list[Dated]:
    """The dates that are not in the future, each day once, the most trustworthy origin first."""
    found: dict[date, Dated] = {}
    for dated in _dates(page, declared, near, address, today):
        if dated.day <= today + timedelta(days=1):
            found.setdefault(dated.day, dated)
    return list(found.values())


def _dates(page: HtmlElement, declared: Declared, near: list[Line], address: str, today: date) -> Iterator[Dated]:
    if declared.published:
        yield declared.published
    around = {line.element for line in near}
    for element in page.iter("time"):
        stamp = element.get("datetime") or ""
        told = element.get("pubdate") is not None or re.search(
            r"publi|entry-date|posted", element.get("class") or "", re.I
        )
        if (
            not stamp
            or _CHANGED.search(element.get("class") or "")
            or not (told or element in around or _within(element, around))
        ):
            continue
        if _inside(element) and (found := parse_declared(stamp, Origin.TIME_TAG)):
            yield found
    for line in sorted(near, key=lambda line: not ANNOUNCED.match(line.text)):
        if (
            len(line.text) <= DATE_LINE
            and not _EVENT.search(line.text)
            and not _in_caption(line.element)
            and (found := date_of_line(line.text, Origin.TEXT, today))
        ):
            yield found
    if found := date_in_address(address, today):
        yield found


def _near_heading(page: HtmlElement, title: str) -> list[Line]:
    """The lines just behind and just before the heading of a page, the nearest ones behind it first."""
    body = next(page.iter("body"), page)
    lines = [line for line in lines_of([body]) if _inside(line.element)]
    at = next((n for n, line in enumerate(lines) if line.element.tag == "h1" and line.text == title), None)
    if at is None:
        at = next(
            (n for n, line in enumerate(lines) if line.element.tag == "h1" or (title and line.text == title)), None
        )
    if at is None:
        return [line for line in lines[:60] if ANNOUNCED.match(line.text)]
    behind = [*takewhile(_before_other_pieces, lines[at + 1 : at + 1 + LINES_AFTER])]
    before = lines[max(0, at - LINES_BEFORE) : at]
    announced = [
        line for line in lines[at + 1 + LINES_AFTER :] if ANNOUNCED.match(line.text) and len(line.text) <= DATE_LINE
    ]
    return [*behind, *reversed(before), *announced]


def _before_other_pieces(line: Line) -> bool:
    """False from a heading as "Lees ook" on: what follows is about other pieces."""
    return not (line.element.tag in HEADINGS and MARGIN_HEADING.match(line.text))


def _intro(page: HtmlElement, declared: Declared, text: str) -> str:
    """The lead of a page: a paragraph marked as such, else its description, else the first real paragraph."""
    for element in page.iter("p", "div", "span"):
        if _INTRO_NAME.search(element.get("class") or "") and _inside(element):
            lead = text_of(element)
            if INTRO_WORDS <= len(lead.split()) <= 120:
                return lead
    if len(declared.description.split()) >= INTRO_WORDS:
        return declared.description
    paragraphs = text.split("\n\n")
    first = next((part for part in paragraphs if len(part.split()) >= LEAD_WORDS), "")
    return first or next((part for part in paragraphs if len(part.split()) >= INTRO_WORDS), "")


def _visible_authors(page: HtmlElement) -> tuple[str, ...]:
    """The names in or under a line "Auteur(s)"."""
    body = next(page.iter("body"), page)
    lines = [line.text for line in lines_of([body])]
    for number, line in enumerate(lines):
        if (match := _AUTHORS.match(line)) and len(line) <= 200:
            names = match["names"] or (lines[number + 1] if number + 1 < len(lines) else "")
            good = [clean(re.sub(r"\([^)]*\)", "", name)) for name in _BETWEEN_NAMES.split(names)]
            return tuple(name for name in good if 1 < len(name.split()) <= 5)
    return ()


def _documents(page: HtmlElement, base: str) -> tuple[str, ...]:
    """The documents linked from the main content, at most twenty."""
    whole = next((element for tag in ("main", "article", "body") for element in page.iter(tag)), page)
    links = (absolute(base, a.get("href") or "") for a in whole.iter("a") if _inside(a))
    return tuple(dict.fromkeys(link for link in links if link and is_document(link)))[:MOST_DOCUMENTS]


def _inside(element: HtmlElement) -> bool:
    """Whether an element stands in the content: not in a menu, a footer, an aside, or a box of other pieces."""
    for node in (element, *element.iterancestors()):
        if node.tag in OUTSIDE or (node.tag == "header" and node is not element and _is_site_header(node)):
            return False
        if node.tag not in WHOLE and _BESIDE.search(f"{node.get('class') or ''} {node.get('id') or ''}"):
            return False
    return True


def _is_site_header(header: HtmlElement) -> bool:
    """Whether a `header` is the one of the site: it holds the menu and not the title."""
    return next(header.iter("nav"), None) is not None and next(header.iter("h1"), None) is None


def _in_caption(element: HtmlElement) -> bool:
    """Whether an element tells of a picture: the day it was taken is not that of the article."""
    return any(
        node.tag == "figcaption" or _CAPTION.search(node.get("class") or "")
        for _, node in zip(range(4), (element, *element.iterancestors()), strict=False)
    )


def _within(element: HtmlElement, around: set[HtmlElement]) -> bool:
    return any(parent in around for _, parent in zip(range(2), element.iterancestors(), strict=False))
