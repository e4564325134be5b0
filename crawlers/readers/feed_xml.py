"""Well-formed feeds, the quick way: RSS, RDF and Atom straight from their XML.

Nine of ten feeds are sound, and reading those needs no leniency; one whose only fault is that an "&" was not escaped is
mended first, and one that breaks off between two elements is read as far as it goes. Whatever else is not sound, or not
known here, gives None and is left to the lenient parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from lxml import etree

from crawlers.readers.feed_entry import FeedEntry
from crawlers.readers.page import clean

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
RSS_SPACES = ("", "{http://purl.org/rss/1.0/}", "{http://my.netscape.com/rdf/simple/0.9/}")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']", re.I)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_NAME_IN_BRACKETS = re.compile(r"^\S+@\S+\s*\((?P<name>[^)]+)\)$")
# An "&" that begins no reference, as in "Wonen & zorg": the commonest fault of feeds. Within CDATA it is none.
_BARE = re.compile(rb"&(?![#\w]+;)")
# How a feed ends that may have broken off, but not within an element: an address that is cut short is another one.
_CLOSING_TAG = re.compile(rb"</[^<>]+>\Z")
_UNICODE = frozenset(("utf-8", "utf8", "us-ascii", "ascii"))

Parsed = tuple[str, str, list[FeedEntry]]
Parts = dict[str, list[etree._Element]]


def parse_sound(body: bytes, content_type: str = "") -> Parsed | None:
    """Title, link and entries of a well-formed feed; None when it is not well-formed or not plain RSS, RDF or Atom.

    An "&" that was not escaped is no reason to give None, nor are tags at the end that are missing.
    """
    encoding = _encoding(body, content_type)
    if encoding is None or b"<!DOCTYPE" in body[:2000]:
        return None
    root = _root(body.strip(), encoding)
    if root is None and b"<![CDATA[" not in body and (mended := _BARE.sub(b"&amp;", body)) != body:
        root = _root(mended.strip(), encoding)
    if root is None:
        return None
    if root.tag == f"{ATOM}feed":
        return _atom(root)
    for space in RSS_SPACES:
        if root.tag == "rss" and (channel := root.find(f"{space}channel")) is not None:
            return _rss(channel, channel.iterfind(f"{space}item"), space)
        if root.tag == f"{RDF}RDF" and (channel := root.find(f"{space}channel")) is not None and space:
            return _rss(channel, root.iterfind(f"{space}item"), space)
    return None


def _root(body: bytes, encoding: str, *, breaks_off: bool = False) -> etree._Element | None:
    parser = etree.XMLParser(
        encoding=encoding or None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        recover=breaks_off,
    )
    try:
        return etree.fromstring(body, parser=parser)
    except etree.XMLSyntaxError as error:
        unfinished = error.code == etree.ErrorTypes.ERR_TAG_NOT_FINISHED and _CLOSING_TAG.search(body[-100:])
        return _root(body, encoding, breaks_off=True) if unfinished and not breaks_off else None
    except (etree.LxmlError, ValueError, LookupError):
        return None


def _encoding(body: bytes, content_type: str) -> str | None:
    """The charset to read a body in: "" leaves it to the XML; None when what is declared cannot all be true.

    Letters that are valid UTF-8 are UTF-8, whatever is declared.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    inside = _DECLARED.match(body)
    said = _CHARSET.search(content_type)
    names = {name.lower() for name in (inside[1].decode("ascii") if inside else "", said[1] if said else "") if name}
    return "" if inside and len(names) == 1 and not names & _UNICODE else None


def _rss(channel: etree._Element, items: Iterator[etree._Element], space: str) -> Parsed:
    parts = _parts(channel)
    title = _text(parts, f"{space}title") or _text(parts, f"{DC}title")
    link = next(iter((*_rss_links(parts, space), *_atom_links(parts))), "")
    return title, link, [_rss_entry(item, space) for item in items]


def _rss_entry(item: etree._Element, space: str) -> FeedEntry:
    parts = _parts(item)
    identity = _text(parts, f"{space}guid")
    permanent = identity and (parts[f"{space}guid"][0].get("isPermaLink") or "true").lower() != "false"
    about = item.get(f"{RDF}about") or ""
    return FeedEntry(
        identity=identity or about,
        title=_markup(parts, f"{space}title", f"{DC}title"),
        links=(*_rss_links(parts, space), *_atom_links(parts), identity if permanent else "", about),
        summary=_markup(parts, f"{space}description", f"{DC}description", f"{ITUNES}summary"),
        content=_markup(parts, CONTENT),
        published=_text(parts, f"{space}pubDate") or _text(parts, f"{ATOM}published"),
        updated=_text(parts, f"{DC}date") or _text(parts, f"{ATOM}updated"),
        label=_text(parts, f"{space}category") or _text(parts, f"{DC}subject"),
        authors=_rss_authors(parts, space),
        enclosures=tuple(
            (each.get("url") or "", (each.get("type") or "").lower()) for each in parts.get(f"{space}enclosure", ())
        ),
    )


def _rss_links(parts: Parts, space: str) -> list[str]:
    """What the link elements say; of several the last one leads, as it does for feedparser."""
    links = parts.get(f"{space}link", ())
    said = [_completed(link, clean(link.text or "") or clean(link.get("href") or "")) for link in links]
    return [link for link in reversed(said) if link]


def _rss_authors(parts: Parts, space: str) -> tuple[str, ...]:
    for tag in (f"{DC}creator", f"{space}author", f"{ITUNES}author"):
        names = [clean(element.text or "") for element in parts.get(tag, ())]
        if any(names):
            return tuple(match["name"] if (match := _NAME_IN_BRACKETS.match(name)) else name for name in names)
    return ()


def _atom(root: etree._Element) -> Parsed:
    parts = _parts(root)
    entries = [_atom_entry(entry) for entry in parts.get(f"{ATOM}entry", ())]
    return _atom_text(parts, "title"), next(iter(_atom_links(parts)), ""), entries


def _atom_entry(entry: etree._Element) -> FeedEntry:
    parts = _parts(entry)
    authors = (_text(_parts(author), f"{ATOM}name") for author in parts.get(f"{ATOM}author", ()))
    return FeedEntry(
        identity=_text(parts, f"{ATOM}id"),
        title=_atom_text(parts, "title"),
        links=tuple(_atom_links(parts)),
        summary=_atom_text(parts, "summary"),
        content=_atom_text(parts, "content"),
        published=_text(parts, f"{ATOM}published"),
        updated=_text(parts, f"{ATOM}updated"),
        label=next((category.get("term") or "" for category in parts.get(f"{ATOM}category", ())), ""),
        authors=tuple(name for name in authors if name),
        enclosures=tuple(
            (_completed(link, link.get("href") or ""), (link.get("type") or "").lower())
            for link in parts.get(f"{ATOM}link", ())
            if link.get("rel") == "enclosure"
        ),
    )


def _atom_links(parts: Parts) -> Iterator[str]:
    """The pages that atom:link elements name."""
    for link in parts.get(f"{ATOM}link", ()):
        if (link.get("rel") or "alternate") == "alternate" and (address := clean(link.get("href") or "")):
            yield _completed(link, address)


def _completed(element: etree._Element, address: str) -> str:
    """An address that stands in an element, resolved against the `xml:base` around it."""
    return urljoin(base, address) if address and (base := element.base) else address


def _atom_text(parts: Parts, name: str) -> str:
    """A text construct as markup (RFC 4287, section 3.1): plain text is escaped, XHTML is written out."""
    for element in parts.get(f"{ATOM}{name}", ()):
        text = _inner(element)
        plain = (element.get("type") or "text").lower() in ("text", "text/plain") and not len(element)
        return text.replace("&", "&amp;").replace("<", "&lt;") if plain else text
    return ""


def _markup(parts: Parts, *tags: str) -> str:
    """The content, as HTML, of the first element by one of these tags that has any."""
    return next((text for tag in tags for element in parts.get(tag, ())[:1] if (text := _inner(element))), "")


def _inner(element: etree._Element) -> str:
    """What stands in an element; elements written straight into it are kept as markup."""
    text = element.text or ""
    return text + "".join(etree.tostring(child, encoding="unicode") for child in element) if len(element) else text


def _text(parts: Parts, tag: str) -> str:
    elements = parts.get(tag)
    return clean(elements[0].text or "") if elements else ""


def _parts(element: etree._Element) -> Parts:
    """The elements straight inside one, by tag."""
    parts: Parts = {}
    for child in element:
        parts.setdefault(child.tag, []).append(child)
    return parts
