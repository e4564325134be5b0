"""The title of an article, out of the several that its page gives."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from crawlers.address import site
from crawlers.readers.declared import Declared
from crawlers.readers.page import text_of

_SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022»:-]{1,2}\s+|\s*\|\s*")
_WORD = re.compile(r"\w+")


def pick_title(page: HtmlElement, declared: Declared, address: str) -> str:
    """The `h1` that a declared title contains, else the best declared title without the site name, else a lone `h1`."""
    headings = [text for heading in page.iter("h1") if (text := text_of(heading))]
    titles = [text for text in (declared.og_title, declared.headline, declared.title) if text]
    told = [_words(text) for text in titles]
    fitting = [heading for heading in headings if _words(heading) and any(_words(heading) in text for text in told)]
    named = [heading for heading in fitting if _words(heading) != _words(declared.site_name)]
    if named:
        return max(named, key=len)
    if declared.headline:
        return without_site(declared.headline, declared.site_name, address)
    if declared.og_title:
        return without_site(declared.og_title, declared.site_name, address)
    if len(headings) == 1:
        return headings[0]
    return without_site(declared.title, declared.site_name, address) or next(iter(headings), "")


def without_site(title: str, site_name: str, address: str) -> str:
    """A title without the name of the site before or behind it."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    names = {_squeezed(site_name), _squeezed(site(address).rsplit(".", 1)[0])} - {""}
    if _is_name(parts[-1], names) or (not names & {_squeezed(part) for part in parts} and _looks_behind(parts)):
        return title[: title.rindex(parts[-1])].rstrip(" |\u2013\u2014\u00b7\u2022»:-")
    if _is_name(parts[0], names):
        return title[title.index(parts[0]) + len(parts[0]) :].lstrip(" |\u2013\u2014\u00b7\u2022»:-")
    return title


def _is_name(part: str, names: set[str]) -> bool:
    squeezed = _squeezed(part)
    return bool(squeezed) and any(squeezed == name or (len(squeezed) > 3 and squeezed in name) for name in names)


def _looks_behind(parts: list[str]) -> bool:
    """Whether a last part with no known name is still more likely a site than the end of a title."""
    return len(_WORD.findall(parts[-1])) <= 3 and len(_WORD.findall(parts[0])) >= 4 and len(parts) == 2


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
