"""The title of an article, out of the several that its page gives."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from crawlers.address import site
from crawlers.readers.declared import Declared
from crawlers.readers.page import text_of

_SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022»:-]{1,2}\s+|\s*\|\s*")
_WORD = re.compile(r"\w+")
WHOLE_TITLE = 4
LONG_WORD = 4


def pick_title(page: HtmlElement, declared: Declared, address: str) -> str:
    """The title that most of a page agrees on.

    Two declared titles that agree go first. Of a heading, a declared title and a page title that agree, and one other
    declared title, that other one was written by hand, and goes. Else it is the `h1` that a declared title contains,
    else the best declared title, else a lone `h1`. The name of the site is left out.
    """
    headline, og_title, page_title = (
        without_site(title, declared.site_name, address) if title else ""
        for title in (declared.headline, declared.og_title, declared.title)
    )
    if headline and _words(headline) == _words(og_title):
        return headline
    headings = [text for heading in page.iter("h1") if (text := text_of(heading))]
    named = _named(headings, declared)
    heading = named or (headings[0] if len(headings) == 1 else "")
    others = [title for title in (heading, page_title) if title]
    for one, other in ((og_title, headline), (headline, og_title)):
        if _stands_out(one, [*others, other] if other else others):
            return one
    return named or headline or og_title or heading or page_title or next(iter(headings), "")


def _named(headings: list[str], declared: Declared) -> str:
    """The longest `h1` that a declared title contains and that is not the name of the site; "" when there is none."""
    told = [_words(text) for text in (declared.og_title, declared.headline, declared.title) if text]
    fitting = [text for text in headings if _words(text) and any(_words(text) in title for title in told)]
    return max((text for text in fitting if _words(text) != _words(declared.site_name)), key=len, default="")


def _stands_out(title: str, others: list[str]) -> bool:
    """Whether a title is a whole one, and says otherwise what several others say in the same words.

    It shares a word with them: what shares none may be the motto of the site, declared on each of its pages.
    """
    said = {_words(other) for other in others}
    if len(title.split()) < WHOLE_TITLE or len(others) < 2 or len(said) != 1 or _words(title) in said:
        return False
    return bool(_long_words(title) & _long_words(others[0]))


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


def _long_words(text: str) -> set[str]:
    return {word for word in _words(text).split() if len(word) >= LONG_WORD}


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
