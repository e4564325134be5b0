"""Where the items that we know stand on a page: a CSS selector for their links, learned from where those stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Set

from lxml.html import HtmlElement

from crawlers.address import absolute, key
from crawlers.readers.page import base_of, parse

LEAST_KNOWN = 3
LEVELS = 4
PLAIN_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.IGNORECASE)


def selector_of(body: bytes, address: str, known: Set[str], content_type: str = "") -> str:
    """A selector of links that finds many of the `known` items (keys of addresses) and little besides.

    "" when fewer than three of them are linked from one kind of place.
    """
    page = parse(body, content_type)
    base = base_of(page, address)
    keys = {link: key(to) for link in page.iter("a") if (to := absolute(base, link.get("href") or ""))}
    places = Counter(place for link, named in keys.items() if named in known for place in _places(link))
    best, most = "", 0.0
    for selector in [place for place, times in places.items() if times >= LEAST_KNOWN]:
        found = {keys[link] for link in page.cssselect(selector) if link in keys}
        many = len(found & known)
        if many >= LEAST_KNOWN and many * many / len(found) > most:
            best, most = selector, many * many / len(found)
    return best


def _places(link: HtmlElement) -> Iterator[str]:
    """How the place of a link can be named: by the tags down to it, the first of them with or without a class."""
    node, below = link, ""
    for _ in range(LEVELS):
        if node is None or node.tag in ("body", "html") or not PLAIN_NAME.fullmatch(node.tag):
            return
        for name in (node.get("class") or "").split():
            if PLAIN_NAME.fullmatch(name):
                yield f"{node.tag}.{name}{below}"
        if below:
            yield f"{node.tag}{below}"
        node, below = node.getparent(), f" > {node.tag}{below}"
