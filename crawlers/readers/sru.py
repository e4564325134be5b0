"""SRU, the search protocol of libraries: the official publications of the Dutch government are found by it.

Versions 1.2 and 2.0 (Library of Congress; OASIS searchRetrieve) differ in their namespaces only, so elements are known
by their own names. Within a record the names of Dublin Core and of OWMS, the metadata of Dutch governments, are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from crawlers.address import absolute
from crawlers.publication import Dated, Listed, Origin
from crawlers.readers.machine_dates import parse_declared
from crawlers.readers.page import clean

PUBLISHED = ("available", "issued", "date", "created")
ADDRESSES = ("preferredurl", "url", "itemurl", "source", "identifier")


class NotSru(ValueError):
    """The body is no answer to a search by SRU, or tells of a mistake in the question; the message says which."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one page of a search, how many there are in all, and the address of the next page."""

    items: tuple[Listed, ...]
    total: int = 0
    next_page: str = ""


def read_sru(body: bytes, address: str) -> Records:
    """Read the answer to a `searchRetrieve` request; raises only `NotSru`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(body.strip(), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise NotSru(f"{address} is no SRU: {error}") from error
    if root is None or _name(root) != "searchretrieveresponse":
        raise NotSru(f"{address} is no SRU: its outermost element is <{'' if root is None else _name(root)[:40]}>")
    records = [data for data in root.iter() if _name(data) == "recorddata"]
    told = _first(root, "diagnostic")
    if told is not None and not records:
        raise NotSru(f"{address} says: {clean(' '.join(told.itertext()))[:200]}")
    total = _value(root, "numberofrecords")
    items = (_listed(record, address) for record in records)
    return Records(
        tuple(item for item in items if item),
        int(total) if total.isdecimal() else len(records),
        _next_page(address, _value(root, "nextrecordposition")),
    )


def _listed(record: etree._Element, address: str) -> Listed | None:
    found = next((link for name in ADDRESSES for link in _links(record, name, address)), "")
    if not found:
        return None
    pdf = (link for link in _links(record, "itemurl", address) if link.lower().endswith(".pdf"))
    return Listed(
        address=found,
        identity=_value(record, "identifier"),
        title=_value(record, "title"),
        intro=_value(record, "abstract") or _value(record, "description"),
        published=_published(record),
        modified=_value(record, "modified")[:30],
        label=_value(record, "type"),
        authors=tuple(dict.fromkeys(_values(record, "creator"))),
        documents=tuple(dict.fromkeys(pdf)),
    )


def _published(record: etree._Element) -> Dated | None:
    dates = (parse_declared(value, Origin.FEED) for name in PUBLISHED for value in _values(record, name))
    return next((dated for dated in dates if dated), None)


def _links(record: etree._Element, name: str, address: str) -> Iterator[str]:
    for value in _values(record, name):
        if value.startswith(("http://", "https://")) and (link := absolute(address, value)):
            yield link


def _next_page(address: str, position: str) -> str:
    """The address of the page that begins at a record; "" when there is no further record."""
    if not position.isdecimal():
        return ""
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() != "startrecord"]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("startRecord", position)])))


def _values(element: etree._Element, name: str) -> Iterator[str]:
    """The texts of the elements of this name, in the order of the record."""
    for each in element.iter():
        if _name(each) == name and (text := clean(each.text or "")):
            yield text


def _value(element: etree._Element, name: str) -> str:
    return next(_values(element, name), "")


def _first(element: etree._Element, name: str) -> etree._Element | None:
    return next((each for each in element.iter() if _name(each) == name), None)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
