"""Parts of one page that are items of their own, apart only by the fragment of their address (`#aanpak-1`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

from lxml.html import HtmlElement

from crawlers.address import absolute, key, part
from crawlers.publication import Article, Dated, Origin
from crawlers.readers.card import Line, date_of_element, lines_of
from crawlers.readers.contacts import without_contacts
from crawlers.readers.dates import date_of_line
from crawlers.readers.links import HEADINGS, ONLY_DATE, Group, is_document, says_nothing
from crawlers.readers.page import base_of, parse, text_of

LEAST_PARTS = 3
MOSTLY = 0.8
LOWEST = 9
DATE_LINE = 60
DATE_WITHIN = 4


def parts_told_apart(groups: list[Group], base: str) -> list[Group]:
    """The groups, of which one that lists parts of a page leads to those; links to the page they stand on go.

    Links that all lead to one page, each to another place on it and by a title of its own, list items that share that
    page. Letters of an index, a menu, a link to the comments, and dates do not.
    """
    own = key(base)
    apart = [_apart(group, base) for group in groups]
    return [group for group in apart if own not in group.keys]


def _apart(group: Group, base: str) -> Group:
    links = group.links
    if len(links) < LEAST_PARTS or len(group.keys) > 1 or is_document(links[0].address):
        return group
    beside = any(link.in_margin or link.in_header or link.side or ONLY_DATE.match(link.text) for link in links)
    titles = {link.text for link in links if not says_nothing(link.text)}
    told = sum(len(title.split()) > 1 for title in titles) >= MOSTLY * len(links)
    addresses = [part(base, link.element.get("href") or "") for link in links]
    names = {key(address) for address in addresses} - group.keys
    if beside or not told or len(titles) < len(links) or len(names) < len(links):
        return group
    parts = [replace(link, address=to, key=key(to)) for link, to in zip(links, addresses, strict=True)]
    return Group(group.signature, tuple(parts))


def read_part(body: bytes, address: str, today: date, content_type: str = "") -> Article | None:
    """What the fragment of an address names on a page; None when there is no such place, as where a script makes it."""
    page = parse(body, content_type)
    nodes = _named(page, unquote(address.partition("#")[2]))
    lines = [*lines_of(nodes)]
    if not lines:
        return None
    heading = next((text for node in nodes for one in node.iter(*HEADINGS) if (text := text_of(one))), "")
    text = without_contacts("\n\n".join(line.text for line in lines if line.text != heading))
    found = (date_of_element(node, today) for node in nodes)
    links = (absolute(base_of(page, address), a.get("href") or "") for node in nodes for a in node.iter("a"))
    return Article(
        title=heading,
        intro=text.partition("\n\n")[0],
        text=text,
        published=next((dated for dated in found if dated), None) or _date_of(lines, today),
        documents=tuple(dict.fromkeys(link for link in links if is_document(link))),
    )


def _named(page: HtmlElement, name: str) -> list[HtmlElement]:
    """The elements of a part: the one with this name, or when that is a heading or a bare mark, what follows it."""
    element = next((one for one in page.iter() if name and name in (one.get("id"), one.get("name"))), None)
    if element is None:
        return []
    heading = next((one for one in (element, *element.iterancestors()) if one.tag in HEADINGS), None)
    start = element if heading is None else heading
    return [start] if heading is None and text_of(element) else [start, *_until_the_next(start)]


def _until_the_next(start: HtmlElement) -> Iterator[HtmlElement]:
    """What stands behind the start of a part, up to a heading that is as high, or up to the next mark."""
    level = _level(start)
    for sibling in start.itersiblings():
        if not isinstance(sibling.tag, str):
            continue
        if level == LOWEST:
            level = _level(sibling)
        elif _level(sibling) <= level or (start.tag == "a" and sibling.tag == "a" and sibling.get("name")):
            return
        yield sibling


def _level(element: HtmlElement) -> int:
    return int(element.tag[1]) if element.tag in HEADINGS else LOWEST


def _date_of(lines: list[Line], today: date) -> Dated | None:
    short = [line.text for line in lines[:DATE_WITHIN] if len(line.text) <= DATE_LINE]
    return next((found for text in short if (found := date_of_line(text, Origin.TEXT, today))), None)
