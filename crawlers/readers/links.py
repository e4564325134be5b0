"""The links of a page, gathered into groups of the same build: the raw material of an overview.

A group holds the links whose chain of tags and first classes up to the top of the page is the same. What speaks for a
group being the list people came for, and what against it, is measured here; `crawlers.readers.overview` decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from crawlers.address import absolute, key, site
from crawlers.readers.page import clean, text_of

Signature = tuple[tuple[str, str], ...]

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
DOCUMENT = re.compile(r"\.(?:pdf|docx?|odt|rtf|wpd)(?:$|[?#])|/media/document/|/document\.do$", re.I)
DOCUMENT_ENDING = re.compile(r"\.(?:pdf|docx?|odt|rtf|wpd)$", re.I)
WHOLE = frozenset(("html", "body", "main", "form"))
NEAR = 6
ON_THIS_PAGE = ("place", "here")
NO_TITLE = re.compile(
    r"^(?:(?:lees|bekijk|ga|klik|naar|toon|open|download|meer|verder|read|view|see|learn|continue|click|full|show|more)\b.{0,24}"
    r"|meer informatie|(?:naar )?(?:het )?(?:hele )?(?:artikel|bericht)|pdf|docx?|html?|word|link|here|hier"
    r"|details?|permalink|[\W\d_]*"
    r"|(?:\d+\s*)?(?:comments?|reacties?|replies))$",
    re.I,
)
_MARGIN_TAGS = frozenset(("nav", "footer", "aside"))
_MARGIN_ROLES = frozenset(
    ("navigation", "contentinfo", "complementary", "banner", "menu", "menubar", "search", "tablist")
)
_MARGIN_NAME = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|navigatie|menu|menus|submenu|megamenu|mainmenu|breadcrumbs?|kruimelpad|footer|foot|voet"
    r"|sidebar|sidenav|rail|cookies?|social|share|delen|sharing|pagination|pager|paging|filters?|facets?|toolbar|topbar|skip\w*"
    r"|lang|language|search|zoeken|login|related|gerelateerd|populair|popular|trending|tags?|tagcloud|newsletter|nieuwsbrief"
    r"|banner|widget|promo|advert\w*|ads?|sponsor\w*|utility|sitemap|quicklinks|masthead|dropdown)(?:$|[-_\s])",
    re.I,
)
_SIDE_NAME = re.compile(
    r"(?:^|[-_\s])(?:author|auteur|byline|meta|categor\w+|tags?|topics?|labels?|comments?|reacties|avatar)(?:$|[-_\s])",
    re.I,
)
_SIDE_PATH = re.compile(
    r"/(?:tags?|category|categorie|categories|author|auteurs?|authors?|topics?|onderwerpen|users?|people|login|inloggen|contact|about"
    r"|over-ons|privacy\w*|cookies?|disclaimer|search|zoeken|sitemap|rss|feed|subscribe|account|signup|register|help|faq)(?:/|$|\.)",
    re.I,
)
MARGIN_HEADING = re.compile(
    r"^(?:lees ook|lees verder|meest gelezen|meest bekeken|populair|gerelateerd|zie ook"
    r"|ook interessant|aanbevolen|uitgelichte links"
    r"|snel naar|direct naar|volg ons|contact|archief|categorie|thema|onderwerp|tags|over ons"
    r"|trending|most (?:read|popular|viewed)"
    r"|popular|related|recommended|archives?|categories|follow|quick links|resources|about|sponsor)",
    re.I,
)
_ASIDE = re.compile(
    r"\s*[([]\s*(?:opens?|opent|external|externe|pdf|docx?|download)\b[^)\]]{0,40}[)\]]"
    r"|\s*\(?\b(?:pdf|docx?),? [\d.,]+ ?[km]b\b\)?",
    re.I,
)
ONLY_DATE = re.compile(
    r"^(?:[a-z]{2,9}[,.]?\s+)?\d{0,2}\s*(?:jan|feb|maa|mar|mrt|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?[\s\d,-]*$",
    re.I,
)
ONLY_DAY = re.compile(
    r"^(?:[a-z]{2,9}[,.]?\s+)?\d{1,2}(?:\s+|[-./])"
    r"(?:(?:jan|feb|maa|mar|mrt|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?,?(?:\s+|-)|\d{1,2}[-./])(?:19|20)?\d\d\W*$",
    re.I,
)
_REAL_WORD = re.compile(r"[^\W\d_]{3,}")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Link:
    """One link of a page, with what it says and where it stands."""

    element: HtmlElement
    address: str
    key: str
    text: str
    in_margin: bool
    named: bool
    in_header: bool
    in_main: bool
    headed: bool
    side: bool
    heading: str
    position: int

    @property
    def stem(self) -> str:
        """The key without the ending of a document: one text as PDF and as Word file shares it."""
        return DOCUMENT_ENDING.sub("", self.key)


@dataclass(frozen=True)
class Group:
    """Links of the same build, in the order of the page."""

    signature: Signature
    links: tuple[Link, ...]

    @property
    def keys(self) -> frozenset[str]:
        """The identities of the addresses in the group."""
        return frozenset(link.key for link in self.links)

    @property
    def on_this_page(self) -> bool:
        """Whether the links lead to parts of the page they stand on."""
        return ON_THIS_PAGE in self.signature


@dataclass(frozen=True)
class _Place:
    """What the elements around a link say of its place on the page."""

    in_margin: bool = False
    named: bool = False
    in_header: bool = False
    in_main: bool = False
    side: bool = False
    signature: Signature = ()

    @property
    def kind(self) -> Signature:
        """What links of one group share: the build near them, and the part of the page they are in."""
        flags = (self.in_margin, self.named, self.in_header, self.side)
        return (*self.signature[:NEAR], *(("place", str(flag)) for flag in flags))


def gather(page: HtmlElement, base: str) -> list[Group]:
    """All links to other pages and documents, and to parts of this one, grouped by how they are built into the page."""
    places: dict[HtmlElement, _Place] = {}
    groups: dict[Signature, list[Link]] = defaultdict(list)
    own = key(base)
    heading = ""
    for position, element in enumerate(page.iter()):
        if not isinstance(element.tag, str):
            continue
        if element.tag in HEADINGS and element.find(".//a") is None:
            heading = text_of(element)[:80]
        if element.tag != "a" or not element.get("href"):
            continue
        address = absolute(base, element.get("href") or "")
        here = key(address) == own
        if not address or (here and "#" not in (element.get("href") or "")):
            continue
        place = _place(element, places)
        kind = (*place.kind, ON_THIS_PAGE) if here else place.kind
        groups[kind].append(_link(element, address, place, heading, position))
    return [Group(signature, tuple(links)) for signature, links in groups.items()]


def link_of(element: HtmlElement, base: str) -> Link | None:
    """The link that an element is, or holds first; None when it leads nowhere."""
    anchors = [element] if element.get("href") else list(element.iter("a"))
    for anchor in anchors:
        if address := absolute(base, anchor.get("href") or ""):
            place = _place(anchor, {})
            return _link(anchor, address, place, "", position=_position(anchor))
    return None


def _position(element: HtmlElement) -> int:
    return next(number for number, other in enumerate(element.getroottree().iter()) if other is element)


def link_text(element: HtmlElement) -> str:
    """What a link says: its text, or else the words given for its picture or for a screen reader."""
    if text := _ASIDE.sub("", text_of(element)):
        return text
    if label := element.get("aria-label") or element.get("title"):
        return clean(label)
    return next((clean(image.get("alt") or "") for image in element.iter("img") if image.get("alt")), "")


def is_document(address: str) -> bool:
    """Whether an address is one of a PDF or another office document, as far as its spelling tells."""
    return bool(DOCUMENT.search(address))


def _link(element: HtmlElement, address: str, place: _Place, heading: str, position: int) -> Link:
    text = link_text(element)
    headed = any(child.tag in HEADINGS for child in element.iter()) or any(
        parent.tag in HEADINGS for _, parent in zip(range(3), element.iterancestors(), strict=False)
    )
    return Link(
        element=element,
        address=address,
        key=key(address),
        text=text,
        in_margin=place.in_margin,
        named=place.named,
        in_header=place.in_header,
        in_main=place.in_main,
        headed=headed,
        side=place.side
        or "tag" in (element.get("rel") or "").split()
        or bool(_SIDE_PATH.search(urlsplit(address).path)),
        heading=heading,
        position=position,
    )


def _place(element: HtmlElement, places: dict[HtmlElement, _Place]) -> _Place:
    """The place of an element, remembered for all elements above it (without recursion)."""
    chain: list[HtmlElement] = []
    node: HtmlElement | None = element
    while node is not None and node not in places:
        chain.append(node)
        node = node.getparent()
    place = places[node] if node is not None else _Place()
    for node in reversed(chain):
        place = _inside(node, place)
        places[node] = place
    return place


def _inside(node: HtmlElement, around: _Place) -> _Place:
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    words = _CAMEL.sub("-", names)
    whole = node.tag in WHOLE
    margin = node.tag in _MARGIN_TAGS or (node.get("role") or "") in _MARGIN_ROLES
    named = not whole and bool(_MARGIN_NAME.search(words))
    return _Place(
        in_margin=(around.in_margin or margin) and node.tag != "main",
        named=(around.named or named) and node.tag != "main",
        in_header=around.in_header or (node.tag == "header" and not around.in_main),
        in_main=around.in_main
        or node.tag in ("main", "article")
        or node.get("role") == "main"
        or names.split()[:1] == ["main"],
        side=not whole and (around.side or bool(_SIDE_NAME.search(words))),
        signature=((node.tag, _first_class(node)), *around.signature),
    )


def _first_class(node: HtmlElement) -> str:
    """The first class of an element, its numbers left out: they tell one card from the next, not its kind."""
    names = (node.get("class") or "").split()
    return re.sub(r"\d+", "#", names[0]) if names else ""


def margin_heading(link: Link) -> bool:
    """Whether the heading above a link announces something beside the list ("Lees ook")."""
    return bool(MARGIN_HEADING.search(link.heading))


def says_nothing(text: str) -> bool:
    """Whether a text is no title: "Lees meer", "PDF", a bare number."""
    return bool(NO_TITLE.match(text))


def is_reference(text: str) -> bool:
    """Whether a text is more a number than a title: "2026 NYSlipOp 01443", "SC20592", "No. 16-0372"."""
    digits = sum(mark.isdigit() for mark in text)
    letters = sum(mark.isalpha() for mark in text)
    return digits >= 3 and digits * 2 >= letters and len(_REAL_WORD.findall(text)) < 4


def path_of(address: str) -> str:
    """The path of an address; a part of a page that is an item of its own lies below that page."""
    path, fragment = urlsplit(address).path.rstrip("/"), urlsplit(address).fragment.strip("!/")
    return f"{path}/{fragment}" if fragment else path


def slug_words(address: str) -> int:
    """How many words the last part of an address spells."""
    parts = [part for part in unquote(path_of(address)).split("/") if part]
    return len(re.findall(r"[^\W\d_]{2,}", parts[-1])) if parts else 0


def same_site(address: str, base: str) -> bool:
    """Whether an address lies on the site of the page."""
    return site(address) == site(base)
