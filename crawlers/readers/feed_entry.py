"""One entry of a feed as its parser found it, and the listed item that it becomes."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cached_property

import lxml.html
from lxml import etree

from crawlers.address import absolute, part
from crawlers.publication import Dated, Listed, Origin
from crawlers.readers.contacts import without_contacts
from crawlers.readers.machine_dates import parse_declared, utc_text
from crawlers.readers.page import MOST_TAGS, clean, text_of

DOCUMENT_TYPES = ("application/pdf", "application/msword")
_MARKUP = re.compile(r"<[a-z/!][^>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z]\w+);", re.I)
# Markup whose text is plain to see: whole tags of everyday kinds, the commonest entities, no control characters.
_INLINE = "a|b|em|i|span|strong|u"
_BLOCK = "p|div|li|ul|ol|h[1-6]|blockquote"
_SAID = r"(?: [a-z-]+=\"[^\"<>&]*+\")*+"
_TAG = rf"(?:<(?:{_INLINE}|{_BLOCK}){_SAID} ?>|</(?:{_INLINE}|{_BLOCK})>|<br{_SAID} ?/?>)"
_LETTERS = r"[^<>&\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]++"
_EVERYDAY = re.compile(rf"(?:{_LETTERS}|{_TAG}|&(?:amp|lt|gt|quot|nbsp|#39);)*+", re.I)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})\b[^>]*>", re.I)
_OTHER_TAG = re.compile("<[^>]*>")
_BLOCK_TAG = re.compile(rf"<(/?)({_BLOCK})\b", re.I)
_LISTS = ("ul", "ol")
_PARAGRAPHS = ("p", "h1", "h2", "h3", "h4", "li", "blockquote", "pre", "td")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """What a feed says of one item, still as written: markup in the texts, dates as text.

    `links` are candidates for the page of the item, the best one first, and may be relative; `enclosures` are pairs
    of address and media type.
    `read_dates` are times that the parser understood itself; they stand in where the written ones mean nothing.
    """

    identity: str = ""
    title: str = ""
    links: tuple[str, ...] = ()
    summary: str = ""
    content: str = ""
    published: str = ""
    created: str = ""
    updated: str = ""
    label: str = ""
    authors: tuple[str, ...] = ()
    enclosures: tuple[tuple[str, str], ...] = ()
    read_published: Dated | None = None
    read_updated: Dated | None = None


class FeedItem:
    """The item of an entry, worked out only as far as somebody asks: most items of a feed are known already."""

    def __init__(self, entry: FeedEntry, feed: str) -> None:
        self._entry = entry
        self._feed = feed
        self.address = _address(entry, feed)

    @property
    def permalink(self) -> str:
        """What the feed calls the item, when that is a web address."""
        called = self._entry.identity
        return absolute(self._feed, called) if called.startswith(("https://", "http://")) else ""

    @property
    def part(self) -> str:
        """Its address with the place on the page that its link names, "" when it has none."""
        found = (part(self._feed, link) for link in self._entry.links if link and absolute(self._feed, link))
        return next(found, self.address)

    @cached_property
    def published(self) -> Dated | None:
        """When it was published; where the entry names no such time, its update time stands in."""
        entry = self._entry
        published = parse_declared(entry.published, Origin.FEED) or entry.read_published
        return published or parse_declared(entry.created, Origin.FEED) or self._updated

    @cached_property
    def modified(self) -> str:
        """When it was updated, in UTC where the time of day is known."""
        updated = self._updated
        return utc_text(updated.moment) if updated and updated.moment else (str(updated.day) if updated else "")

    @property
    def _updated(self) -> Dated | None:
        return parse_declared(self._entry.updated, Origin.FEED) or self._entry.read_updated

    def whole(self) -> Listed:
        """All that the entry says, as text without markup."""
        entry = self._entry
        names = dict.fromkeys(name for raw in entry.authors if (name := plain_text(raw)) and "@" not in name)
        linked = ((absolute(self._feed, link), kind) for link, kind in entry.enclosures)
        return Listed(
            address=self.address,
            identity=entry.identity,
            title=plain_text(entry.title),
            intro="" if entry.summary == entry.content else without_contacts(plain_text(entry.summary)),
            published=self.published,
            modified=self.modified,
            label=plain_text(entry.label),
            text=without_contacts(paragraphs_of(entry.content)),
            authors=tuple(names),
            documents=tuple(found for found, kind in linked if found and kind in DOCUMENT_TYPES),
        )


def plain_text(markup: str) -> str:
    """Text without its HTML, on one line; text that holds no markup stays as it is."""
    if not markup or not _MARKUP.search(markup):
        return clean(markup)
    if _EVERYDAY.fullmatch(markup) and _nested(markup):
        return clean(html.unescape(_OTHER_TAG.sub(" ", _INLINE_TAG.sub("", markup))))
    tree = _fragment(markup)
    return clean(markup) if tree is None else text_of(tree)


def paragraphs_of(markup: str) -> str:
    """The text of some HTML, its paragraphs parted by an empty line."""
    if not markup or not _MARKUP.search(markup):
        return clean(markup)
    tree = _fragment(markup)
    if tree is None:
        return clean(markup)
    inner = [text for block in tree.iter(*_PARAGRAPHS) if block.find(".//p") is None and (text := text_of(block))]
    whole = text_of(tree)
    return "\n\n".join(inner) if sum(map(len, inner)) > len(whole) // 2 else whole


def _address(entry: FeedEntry, address: str) -> str:
    """The page of an entry: the first of its links that is an address, else an id that is one."""
    for candidate in entry.links:
        if candidate and (found := absolute(address, candidate)):
            return found
    return absolute(address, entry.identity) if re.match(r"https?://", entry.identity, re.I) else ""


def _nested(markup: str) -> bool:
    """Whether its blocks close in order and stand where they may, so that a parser opens and closes none by itself."""
    opened = [""]
    for closing, written in _BLOCK_TAG.findall(markup):
        name = written.lower()
        if closing:
            if opened.pop() != name:
                return False
        elif opened[-1].startswith(("p", "h")) or (opened[-1] in _LISTS) != (name == "li"):
            return False
        else:
            opened.append(name)
    return True


def _fragment(markup: str) -> lxml.html.HtmlElement | None:
    """The tree of some HTML, of a sea of tags only the beginning; None when there is none in it."""
    if len(markup) > MOST_TAGS:
        markup = "<".join(markup.split("<", MOST_TAGS)[:MOST_TAGS])
    try:
        return lxml.html.fragment_fromstring(markup.replace("\x00", ""), create_parent="div")
    except (etree.LxmlError, ValueError, TypeError, AssertionError):
        return None
