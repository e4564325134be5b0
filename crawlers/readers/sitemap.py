"""Sitemaps: the pages a site lists for search engines, and the sitemaps an index names."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from crawlers.address import absolute
from crawlers.publication import Listed, Origin
from crawlers.readers.machine_dates import parse_declared, utc_text
from crawlers.readers.page import clean
from crawlers.readers.unpack import NotUnpacked, unpacked

MOST = 50_000


class NotASitemap(ValueError):
    """The body is no sitemap; the message says why."""


@dataclass(frozen=True)
class Sitemap:
    """The items of a sitemap, or the addresses of further sitemaps when it is an index (sitemaps.org protocol).

    Of further sitemaps the one that changed last comes first: of a very large index not all are read.
    """

    items: tuple[Listed, ...] = ()
    children: tuple[str, ...] = ()


def read_sitemap(body: bytes, address: str) -> Sitemap:
    """Read a sitemap or an index of sitemaps, gzipped or not; at most 10 MB unpacked. Raises only `NotASitemap`."""
    try:
        xml = unpacked(body)
    except NotUnpacked as error:
        raise NotASitemap(f"{address} is no sitemap: {error}") from error
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise NotASitemap(f"{address} is no sitemap: {error}") from error
    if root is None:
        raise NotASitemap(f"{address} is no sitemap: nothing in it is XML")
    kind = _name(root)
    if kind not in ("urlset", "sitemapindex"):
        raise NotASitemap(f"{address} is no sitemap: its outermost element is <{kind[:40]}>")
    entries = [entry for entry in root if _name(entry) in ("url", "sitemap")][:MOST]
    if kind == "sitemapindex":
        entries.sort(key=lambda entry: _value(entry, "lastmod"), reverse=True)
        children = (absolute(address, _value(entry, "loc")) for entry in entries)
        return Sitemap(children=tuple(dict.fromkeys(child for child in children if child)))
    items = (_listed(entry, address) for entry in entries)
    return Sitemap(items=tuple(item for item in items if item))


def _listed(entry: etree._Element, address: str) -> Listed | None:
    location = absolute(address, _value(entry, "loc"))
    if not location:
        return None
    changed = parse_declared(_value(entry, "lastmod"), Origin.MODIFIED)
    modified = "" if changed is None else utc_text(changed.moment) if changed.moment else changed.day.isoformat()
    return Listed(
        address=location,
        title=_value(entry, "title"),
        published=parse_declared(_value(entry, "publication_date"), Origin.FEED),
        modified=modified,
    )


def _value(entry: etree._Element, name: str) -> str:
    """The text of the first element of this name in an entry, whatever its namespace; picture titles do not count."""
    for element in entry.iter():
        parent = element.getparent()
        if _name(element) == name and (parent is None or _name(parent) not in ("image", "video")):
            return clean(element.text or "")
    return ""


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
