"""Items as Atom (RFC 4287), JSON Feed 1.1 and iCalendar (RFC 5545). Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from digest import dutch
from digest.edition import Entry
from digest.letterhead import Letterhead
from digest.records import Published
from digest.site import Site, titles

if TYPE_CHECKING:
    from icalendar import Event

ATOM = "http://www.w3.org/2005/Atom"
NAME = "Participatieradar"
EMPTY_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def atom(items: Sequence[Published], site: Site, title: str, page: str, own_address: str) -> bytes:
    """An Atom feed of items, the newest first; `page` is the page that shows the same, `own_address` the feed's own."""
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "nl"})
    _add(feed, "title", _allowed(title))
    _add(feed, "id", own_address)
    _add(feed, "updated", (items[0].published_at if items else EMPTY_SINCE).isoformat())
    _add(feed, "link", rel="self", type="application/atom+xml", href=own_address)
    _add(feed, "link", rel="alternate", type="text/html", href=page)
    author = _add(feed, "author")
    _add(author, "name", _allowed(site.letterhead.sender_name))
    for item in items:
        one = _add(feed, "entry")
        _add(one, "title", _allowed(item.entry.title))
        _add(one, "id", tag(item, site.letterhead))
        _add(one, "link", rel="alternate", type="text/html", href=site.letterhead.item_page(item.entry.reference))
        _add(one, "link", rel="via", href=item.entry.address)
        _add(one, "published", item.published_at.isoformat())
        _add(one, "updated", item.published_at.isoformat())
        _add(one, "summary", _allowed(_told(item.entry)))
        for name in titles(site.themes, item.entry.themes):
            _add(one, "category", term=name)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def json_feed(items: Sequence[Published], site: Site, title: str, page: str, own_address: str) -> str:
    """The same as a JSON Feed."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": page,
        "feed_url": own_address,
        "language": "nl",
        "authors": [{"name": site.letterhead.sender_name}],
        "items": [_json_item(item, site) for item in items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def calendar(items: Sequence[Published], site: Site) -> bytes:
    """The meetings among the items as a calendar of whole days, for a program that asks for it now and then."""
    from icalendar import Calendar  # large, and only a calendar needs it

    whole = Calendar()
    whole.add("prodid", f"-//{NAME}//agenda//NL")
    whole.add("version", "2.0")
    whole.add("name", f"Agenda van de {NAME}")
    whole.add("x-wr-calname", f"Agenda van de {NAME}")
    whole.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for item in items:
        if item.entry.event is not None:
            whole.add_component(_event(item, site.letterhead))
    return bytes(whole.to_ical())


def tag(item: Published, letterhead: Letterhead) -> str:
    """The name of an item that stays the same whatever its address becomes (RFC 4151)."""
    return f"tag:{letterhead.domain},{item.published_at:%Y-%m-%d}:{item.entry.reference}"


def _event(item: Published, letterhead: Letterhead) -> Event:
    entry = item.entry
    assert entry.event is not None
    from icalendar import Event

    event = Event()
    event.add("uid", f"{entry.reference}@{letterhead.list_id}")
    event.add("dtstamp", item.published_at)
    event.add("dtstart", entry.event.day)
    event.add("dtend", entry.event.day + timedelta(days=1))
    event.add("summary", _allowed(entry.title))
    if entry.event.place:
        event.add("location", _allowed(entry.event.place))
    event.add("url", letterhead.item_page(entry.reference))
    event.add("description", _allowed(_told(entry)))
    event.add("transp", "TRANSPARENT")  # a day with a meeting of others in it is not a busy day
    return event


def _json_item(item: Published, site: Site) -> dict[str, Any]:
    return {
        "id": tag(item, site.letterhead),
        "url": site.letterhead.item_page(item.entry.reference),
        "external_url": item.entry.address,
        "title": item.entry.title,
        "content_text": _told(item.entry),
        "date_published": item.published_at.isoformat(),
        "tags": titles(site.themes, item.entry.themes),
    }


def _told(entry: Entry) -> str:
    """An item in our own words: what it is, why it matters, until when to sign up, and whose it is."""
    parts = [entry.summary]
    if entry.why:
        parts.append(f"Waarom dit telt: {entry.why}")
    if entry.event and entry.event.deadline:
        parts.append(f"Aanmelden kan tot en met {dutch.weekday(entry.event.deadline)}.")
    if entry.source:
        parts.append(f"Bron: {', '.join(part for part in (entry.source, entry.when) if part)}.")
    return " ".join(part for part in parts if part)


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def _allowed(text: str) -> str:
    """The text without the characters that XML 1.0 has no place for."""
    return "".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff")
