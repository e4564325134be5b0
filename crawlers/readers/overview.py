"""Overview pages: the items that a page of news, publications or events lists, found without selectors.

The repeated structure of the page leads: `links` gathers links of the same build, `choice` tells which groups are the
list, `card` reads the block of each item. CSS selectors override any of these parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from crawlers.address import absolute, key, site
from crawlers.publication import Dated, Listed, Origin
from crawlers.readers.card import date_of_element, read_cards
from crawlers.readers.choice import Pick, choose, pick
from crawlers.readers.dates import UNKNOWN_DAY, find_date, writes_month_first
from crawlers.readers.links import Group, gather, link_of
from crawlers.readers.page import base_of, parse, text_of
from crawlers.readers.parts import parts_told_apart
from crawlers.source import Selectors

_NEXT_TEXT = re.compile(
    r"^(?:(?:naar )?(?:de )?volgende(?: pagina)?|next(?: page)?|ouder(?:e berichten)?|older(?: posts)?)?\W*$", re.I
)
_NEXT_NAME = re.compile(r"(?:^|[-_\s])next(?:$|[-_\s])|volgende", re.I)
_PATH_NUMBER = re.compile(r"/(?:page|pagina)/(\d{1,4})/?$")
_QUERY_NUMBER = re.compile(r"^(?:.*:)?(?:page|pagina|p|paged|pg)$", re.I)


@dataclass(frozen=True)
class Overview:
    """The items of an overview page, in its own order, and the address of the next page ("" when it is the last)."""

    items: tuple[Listed, ...]
    next_page: str = ""


def read_overview(
    body: bytes, address: str, css: Selectors | None = None, content_type: str = "", today: date = UNKNOWN_DAY
) -> Overview:
    """Read the items of an overview page.

    A selector that matches nothing gives no items. Raises `cssselect.SelectorError` for a selector that is no CSS; the
    bytes of the page never raise anything. Dates more than two years after `today` are left out.
    """
    css = css or Selectors()
    page = parse(body, content_type)
    base = base_of(page, address)
    month_first = writes_month_first(text_of(page), page.get("lang") or "")
    following = _next_page(page, base, address)
    picks = (
        _picked_by_css(page, base, css)
        if css.item or css.link
        else choose(parts_told_apart(gather(page, base), base), base)
    )
    picks = [one for one in picks if one.link.address != following]
    items = read_cards(page, picks, today, month_first)
    if css.title or css.date:
        items = [_overridden(item, found, css, today, month_first) for item, found in zip(items, picks, strict=True)]
        items = [item for item in items if item.title or not css.title]
    return Overview(tuple(items), following)


def _picked_by_css(page: HtmlElement, base: str, css: Selectors) -> list[Pick]:
    """One pick for each block (or link) that the selectors name."""
    if not css.item:
        links = [link for element in page.cssselect(css.link or "a") if (link := link_of(element, base))]
        return pick([Group((), tuple(links))]) if links else []
    picks: dict[str, Pick] = {}
    for block in page.cssselect(css.item):
        elements = block.cssselect(css.link) if css.link else [block, *block.iter("a")]
        links = [link for element in elements if (link := link_of(element, base))]
        if links:
            best = max(links, key=lambda link: (link.headed, len(link.text) > 15)) if not css.link else links[0]
            picks.setdefault(best.key, Pick(best, block))
    return list(picks.values())


def _overridden(item: Listed, found: Pick, css: Selectors, today: date, month_first: bool) -> Listed:
    """An item with the title and date that the selectors name in its block; nothing there leaves the part empty."""
    changes: dict[str, str | Dated | None] = {}
    if css.title:
        changes["title"] = next((text_of(element) for element in found.block.cssselect(css.title)), "")
    if css.date:
        elements = found.block.cssselect(css.date)
        texts = [
            date_of_element(e, today) or find_date(text_of(e), Origin.LISTING, today, month_first) for e in elements
        ]
        changes["published"] = next((dated for dated in texts if dated), None)
    return item.model_copy(update=changes)


def _next_page(page: HtmlElement, base: str, address: str) -> str:
    """The next page of the list: declared, named, or the next number of a pager; never another site."""
    candidates = [
        (element, target)
        for element in page.iter("a", "link")
        if (target := absolute(base, element.get("href") or ""))
        and site(target) == site(address)
        and key(target) != key(address)
    ]
    for element, target in candidates:
        if "next" in (element.get("rel") or "").lower().split():
            return target
    number = _page_number(address)
    for element, target in candidates:
        if element.tag == "a" and _is_named_next(element) and _page_number(target) is not None:
            return target
    wanted = {2, 1} if number is None else {number + 1}
    numbered = [(found, target) for element, target in candidates if (found := _page_number(target)) in wanted]
    same_list = [pair for pair in numbered if _list_of(pair[1]) == _list_of(address)]
    return min(same_list, default=(0, ""))[1]


def _is_named_next(element: HtmlElement) -> bool:
    words = text_of(element) or element.get("aria-label") or element.get("title") or ""
    names = " ".join(e.get("class") or "" for e in (element, element.getparent()) if e is not None)
    return (bool(words) and bool(_NEXT_TEXT.match(words)) and any(c.isalpha() for c in words)) or bool(
        _NEXT_NAME.search(names)
    )


def _page_number(address: str) -> int | None:
    """The number of a page of a list, from ?page=2 or /page/2/; None when the address has none."""
    parts = urlsplit(address)
    if match := _PATH_NUMBER.search(parts.path):
        return int(match[1])
    for name, value in parse_qsl(parts.query):
        if _QUERY_NUMBER.match(name) and value.isascii() and value.isdigit() and len(value) <= 4:
            return int(value)
    return None


def _list_of(address: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """What the pages of one list share: the address without its page number."""
    parts = urlsplit(address)
    rest = [(name, value) for name, value in parse_qsl(parts.query) if not _QUERY_NUMBER.match(name)]
    return _PATH_NUMBER.sub("", parts.path).rstrip("/"), frozenset(rest)
